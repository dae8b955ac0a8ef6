# Prints how many tests GitLab counts in each state, and what it shows of those that failed.
require "active_support"
require "active_support/core_ext/hash/conversions"
require "active_support/core_ext/object/blank"
require "digest"
require "json"
module Nokogiri; module XML; class SyntaxError < StandardError; end; end; end
module Gitlab; module Ci; module Parsers; class ParserError < StandardError; end; end; end; end
folder, made = ARGV
%w[parsers/test/junit reports/test_case reports/test_suite].each { |name| load "#{folder}/lib/gitlab/ci/#{name}.rb" }
suite = Gitlab::Ci::Reports::TestSuite.new("grade")
Gitlab::Ci::Parsers::Test::Junit.new.parse!(File.read(made), suite, job: nil)
counts = %w[success failed error skipped].to_h { |status| [status, suite.public_send("#{status}_count")] }
different = suite.test_cases.values.flat_map(&:keys).uniq.length
outputs = suite.failed.values.map(&:system_output)
puts JSON.generate(counts.merge(error: suite.suite_error, outputs: outputs, different: different))
