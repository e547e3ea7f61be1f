using Signalbox.Audit.Readers;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class InsecureUrlSchemeRule : Rule, IChecks<PreCommitRepo>
{
    public override RuleInfo Info { get; } = new(
        "insecure-url-scheme", "Dependency fetched over an unencrypted scheme", Theme.SupplyChain, RuleSeverity.Medium, ["pre-commit"],
        "The source can be replaced on the way", "Fetch over https")
    {
        Fix = FixSafety.Safe,
    };

    public void Check(PreCommitRepo repo, Report report)
    {
        foreach (var scheme in (string[])["http://", "git://"])
            if (repo.Url.Value.StartsWith(scheme, StringComparison.OrdinalIgnoreCase))
                report.At(repo.Url, $"hooks are fetched over {scheme}", "expected https://", fix: report.Fix(FixSafety.Safe, "fetch over https", YamlPatch.SetScalar(repo.Url, "https://" + repo.Url.Value[scheme.Length..])));
    }
}
