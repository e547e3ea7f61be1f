using System.Globalization;
using Signalbox.Audit.Readers;
using Signalbox.Pipelines.GitHubActions;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class OutdatedActionRuntimeRule : Rule, IChecks<PipelineStep>, IChecks<GitHubAction>
{
    public override RuleInfo Info { get; } = new(
        "outdated-action-runtime", "Action needs a runtime the runner dropped", Theme.SupplyChain, RuleSeverity.Medium, ["github-actions"],
        "The step stops working when the runner drops the runtime", "Use a version of the action whose runs.using is node20 or later")
    {
        Details = "node12 went in 2023, node16 in 2024. Known are the versions of the actions most repositories use, by tag; an `action.yml` of the repository itself is read.",
    };

    /// <summary>The last major version of an action that still needs node16 or older, from each repository's own action.yml at its tags.</summary>
    private static readonly Dictionary<string, int> s_lastOld = new(StringComparer.OrdinalIgnoreCase)
    {
        ["actions/checkout"] = 3,
        ["actions/cache"] = 3,
        ["actions/cache/restore"] = 3,
        ["actions/cache/save"] = 3,
        ["actions/setup-node"] = 3,
        ["actions/setup-python"] = 4,
        ["actions/setup-go"] = 4,
        ["actions/setup-java"] = 3,
        ["actions/setup-dotnet"] = 3,
        ["actions/upload-artifact"] = 3,
        ["actions/download-artifact"] = 3,
        ["actions/github-script"] = 6,
        ["actions/labeler"] = 4,
        ["actions/stale"] = 8,
        ["actions/configure-pages"] = 3,
        ["actions/deploy-pages"] = 2,
        ["actions/create-release"] = 1,
        ["actions/upload-release-asset"] = 1,
        ["actions/setup-ruby"] = 1,
        ["actions/setup-haskell"] = 1,
        ["actions/setup-elixir"] = 1,
        ["github/codeql-action/init"] = 2,
        ["github/codeql-action/analyze"] = 2,
        ["github/codeql-action/autobuild"] = 2,
        ["github/codeql-action/upload-sarif"] = 2,
        ["docker/build-push-action"] = 4,
        ["docker/login-action"] = 2,
        ["docker/metadata-action"] = 4,
        ["docker/setup-buildx-action"] = 2,
        ["docker/setup-qemu-action"] = 2,
        ["docker/bake-action"] = 3,
        ["aws-actions/configure-aws-credentials"] = 3,
        ["aws-actions/amazon-ecr-login"] = 1,
        ["google-github-actions/auth"] = 1,
        ["google-github-actions/setup-gcloud"] = 1,
        ["google-github-actions/deploy-cloudrun"] = 1,
        ["google-github-actions/get-gke-credentials"] = 1,
        ["azure/setup-kubectl"] = 3,
        ["azure/setup-helm"] = 3,
        ["azure/docker-login"] = 1,
        ["azure/webapps-deploy"] = 2,
        ["codecov/codecov-action"] = 3,
        ["peter-evans/create-pull-request"] = 5,
        ["peter-evans/create-or-update-comment"] = 3,
        ["peaceiris/actions-gh-pages"] = 3,
        ["softprops/action-gh-release"] = 1,
        ["hashicorp/setup-terraform"] = 2,
        ["golangci/golangci-lint-action"] = 3,
        ["goreleaser/goreleaser-action"] = 4,
        ["dorny/paths-filter"] = 2,
        ["actions-rs/toolchain"] = 1,
        ["actions-rs/cargo"] = 1,
        ["microsoft/setup-msbuild"] = 1,
    };

    // github.blog/changelog 2023-09-22: actions run on node20 although they ask for node16, and node16 is gone since
    private static readonly string[] s_dropped = ["node12", "node16"];

    public void Check(PipelineStep site, Report report)
    {
        if (site.Step.Uses is not { Ref: { } reference } uses || !s_lastOld.TryGetValue(uses.Name, out var last)) return;
        if (Major(reference) is { } major && major <= last) report.At(uses.Range, $"'{YamlQuote.Short(uses.Name)}@{reference}' runs on a Node.js that runners no longer have; expected v{last + 1} or later");
    }

    public void Check(GitHubAction action, Report report)
    {
        if (action.Root.Get("runs", "using") is YamlScalar scalar && s_dropped.Contains(scalar.Value)) report.At(scalar, $"the action runs on {scalar.Value}, which runners no longer have; expected node20 or later");
    }

    /// <summary>The major version of a tag such as <c>v3</c> or <c>v3.5.1</c>; null for anything else.</summary>
    private static int? Major(string reference)
    {
        if (reference.Length < 2 || reference[0] is not ('v' or 'V')) return null;
        var end = reference.IndexOf('.');
        return int.TryParse(end < 0 ? reference.AsSpan(1) : reference.AsSpan(1, end - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var major) ? major : null;
    }
}
