using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class EnvSelfReferenceRule : Rule, IChecks<Docker.Dockerfile>
{
    public override RuleInfo Info { get; } = new(
        "env-self-reference", "ENV refers to itself in one statement", Theme.Dockerfile, RuleSeverity.Medium, ["dockerfile"],
        "The old value is used",
        "Set the first variable in an ENV of its own");

    public void Check(Docker.Dockerfile file, Report report)
    {
        foreach (var stage in file.Stages)
        {
            var known = new HashSet<string>(StringComparer.Ordinal);
            foreach (var instruction in file.In(stage).Where(i => i.Name is "ENV" or "ARG"))
            {
                foreach (var pair in instruction.Name == "ENV" ? instruction.Pairs : [])
                    foreach (var other in instruction.Pairs)
                        if (other.Name != pair.Name && !known.Contains(other.Name) && Uses(pair.Value ?? "", other.Name))
                            report.At(instruction.Arguments.InFile(pair.Range), $"{YamlQuote.Short(pair.Name)} uses {YamlQuote.Short(other.Name)}, which the same ENV sets", "the value from before is used");
                known.UnionWith(instruction.Pairs.Select(p => p.Name));
            }
        }
    }

    private static bool Uses(string value, string name)
    {
        for (var at = value.IndexOf('$'); at >= 0; at = value.IndexOf('$', at + 1))
        {
            var rest = value.AsSpan(at + 1).TrimStart('{');
            if (rest.StartsWith(name, StringComparison.Ordinal) && (rest.Length == name.Length || !(char.IsAsciiLetterOrDigit(rest[name.Length]) || rest[name.Length] == '_')) && (at == 0 || value[at - 1] != '\\')) return true;
        }
        return false;
    }
}
