# Prints the scores that Autolab takes from the last line of the autograder's output.
require "active_support"
require "active_support/json"
class AutogradeError < StandardError; end
folder, made = ARGV
code = File.read("#{folder}/app/helpers/assessment_autograde_core.rb")
eval(code[/^  def parseAutoresult.*?^  end$/m])
puts JSON.generate(parseAutoresult(File.read(made).rstrip.lines.last, true))
