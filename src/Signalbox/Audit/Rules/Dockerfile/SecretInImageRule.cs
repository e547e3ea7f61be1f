using Signalbox.Audit.Kubernetes;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class SecretInImageRule : Rule, IChecks<Docker.Dockerfile>
{
    public override RuleInfo Info { get; } = new(
        "secret-in-image", "Secret in ARG or ENV", Theme.Dockerfile, RuleSeverity.High, ["dockerfile"],
        "It stays in the image history",
        "Mount it: RUN --mount=type=secret,id=…; at run time hand it over from outside")
    {
        Details = "Names that say little, and values that can be no secret, are shown to `--persona auditor`.",
    };

    public void Check(Docker.Dockerfile file, Report report)
    {
        var given = new HashSet<string>(StringComparer.Ordinal);
        foreach (var instruction in file.Instructions.Where(i => i.Name is "ARG" or "ENV"))
            foreach (var pair in instruction.Pairs)
            {
                var likeness = (SecretLikeness)Math.Max((int)SecretWords.OfName(pair.Name), (int)SecretWords.OfValue(pair.Value ?? ""));
                if (likeness == SecretLikeness.None) continue;
                var handed = instruction.Name == "ARG" ? IsGivenByBuild(pair) : Shell.ShellVariables.In(pair.Value ?? "").Any(given.Contains);
                if (instruction.Name == "ARG") given.Add(pair.Name);
                var sure = likeness == SecretLikeness.Strong && (handed || pair.Value is { } value && !SecretWords.IsHarmless(value));
                report.At(instruction.Arguments.InFile(pair.Range), $"{YamlQuote.Short(pair.Name)} stays in the image's history", "expected a secret mount", level: sure ? null : Level.Auditor);
            }
    }

    // ARG NPM_TOKEN=${NPM_TOKEN} names no value either
    private static bool IsGivenByBuild(Docker.DockerPair pair) => pair.Value is null or "" || pair.Value.Trim('"').StartsWith('$');
}
