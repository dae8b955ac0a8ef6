# Prints the tests that Exercism's website makes of a results.json; its database and its HTML are stood in for.
require "active_support"
require "active_support/core_ext/hash/indifferent_access"
require "active_support/core_ext/module/delegation"
require "active_support/core_ext/object/json"
require "active_support/core_ext/object/try"
require "json"
HashWithIndifferentAccess = ActiveSupport::HashWithIndifferentAccess unless defined?(HashWithIndifferentAccess)
module HasToolingJob; end
module Ansi; class RenderHTML; def self.call(text) = text; end; end
module Mandate
  def self.included(base) = base.extend(Declared)
  module Memoize; def memoize; end; end
  module Declared
    def initialize_with(name)
      define_method(:initialize) { |value| instance_variable_set("@#{name}", value) }
      define_method(name) { instance_variable_get("@#{name}") }
    end
  end
end
class ApplicationRecord
  def self.serialize(*, **); end
  def self.belongs_to(*, **); end
  def self.has_one(*, **); end
  def self.scope(*); end
  def self.before_create; end
  def self.before_validation(**); end
  def initialize(held) = @held = held
  def raw_results = @held
end
class Submission; end
folder, made = ARGV
load "#{folder}/app/models/submission/test_run.rb"
puts Submission::TestRun.new(JSON.parse(File.read(made))).test_results.map(&:to_h).to_json
