using Signalbox.Pipelines.Jenkins;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class BuildOnControllerRule : Rule, IChecks<JenkinsPipeline>
{
    public override RuleInfo Info { get; } = new(
        "build-on-controller", "Build runs on the Jenkins controller", Theme.Runners, RuleSeverity.High, ["jenkins"],
        "Build code reaches the controller's secrets", "Name an agent's label, and give the built-in node no executors")
    {
        Details = "`built-in` and `master` name the controller. `agent any` and `node` without a label may reach it where it has executors: an auditor is told.",
    };

    public void Check(JenkinsPipeline jenkins, Report report)
    {
        foreach (var agent in jenkins.Agents)
            if (agent.Label is { } label && IsController(label)) report.At(agent.Range, $"'{YamlQuote.Short(label)}' is the controller: what is built there can read its secrets", "expected an agent's label");
            else if (agent.Label is null) report.At(agent.Range, "any node may take this, the controller too", "expected a label", level: new(RuleSeverity.Low, Confidence.Low, Persona.Auditor));
    }

    // the name before Jenkins 2.319 and since
    private static bool IsController(string label)
    {
        foreach (var word in label.Split([' ', '|', '&', '(', ')'], StringSplitOptions.RemoveEmptyEntries))
            if (word is "master" or "built-in" or "controller") return true;
        return false;
    }
}
