using Signalbox.Audit.GitHub;
using Signalbox.Audit.GitHub.Data;
using Signalbox.Pipelines;
using Signalbox.Pipelines.GitHubActions;
using Signalbox.Pipelines.GitHubActions.Expressions;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class CachePoisoningRule : Rule, IChecks<GitHubWorkflow>
{
    public override RuleInfo Info { get; } = new(
        "cache-poisoning", "Release build restores an attackable cache", Theme.SupplyChain, RuleSeverity.High, ["github-actions"],
        "A cache written by a less trusted run flows into the artifact", "Restore no cache where releases are built, or only for runs that publish nothing")
    {
        Fix = FixSafety.Unsafe,
        Confidence = Confidence.Low,
        Details = "Release builds are those started by a release, a tag or a push to a branch called like one, and jobs that publish with well-known actions. An expression that is false "
            + "for tags switches a cache off. Where only a tag or a branch starts it, and the job itself publishes nothing and hands no artifact on, it is shown to `--persona auditor`.",
    };

    // actions that publish or deploy what the job built, from their README
    private static readonly HashSet<string> s_publishers = new(StringComparer.OrdinalIgnoreCase)
    {
        "pypa/gh-action-pypi-publish", "rubygems/release-gem", "jreleaser/release-action", "goreleaser/goreleaser-action", "softprops/action-gh-release", "release-drafter/release-drafter",
        "googleapis/release-please-action", "redhat-actions/push-to-registry", "aws-actions/amazon-ecs-deploy-task-definition", "aws-actions/aws-cloudformation-github-deploy", "azure/aci-deploy",
        "azure/container-apps-deploy-action", "azure/functions-action", "azure/sql-action", "cloudflare/wrangler-action", "google-github-actions/deploy-appengine",
        "google-github-actions/deploy-cloudrun", "google-github-actions/deploy-cloud-functions", "js-devtools/npm-publish", "ncipollo/release-action",
    };

    public void Check(GitHubWorkflow workflow, Report report)
    {
        var release = ReleaseTrigger(workflow);
        foreach (var job in workflow.Pipeline.Jobs)
        {
            var publisher = job.Steps.FirstOrDefault(Publishes);
            if (release is null && publisher is null) continue;
            foreach (var step in job.Steps)
                if (CacheAwareActions.Of(step, Version(step.Uses, report)) is { } cache && cache.Restores != false && !(release is not null && SwitchedOffForTags(step, cache.Switch)))
                    report.In(report.File, step.Uses!.Range, $"'{YamlQuote.Short(step.Uses.Name)}' restores a cache where a release is built", Annotation(cache.Restores, cache.Switch, step), fix: Mend(step, cache.Switch, report),
                        level: publisher is null && release?.Name != "release" && !HandsOn(job, release) ? Level.Auditor : null,
                        related: report.File.At(release?.Range ?? publisher!.Uses!.Range, release is null ? "this publishes" : "this starts a release"));
        }
    }

    private static Trigger? ReleaseTrigger(GitHubWorkflow workflow) => workflow.Pipeline.Triggers.FirstOrDefault(t => t.Name switch
    {
        "release" => true,
        "push" => t.Node.Get("tags") is not null || t.Node.Get("branches").ItemsOrSelf().Any(b => b.Text()?.Contains("release", StringComparison.OrdinalIgnoreCase) == true),
        _ => false,
    });

    // tests run on branches called release, too, and keep their reports; a tag's artifacts are what is released
    private static bool HandsOn(Job job, Trigger? release) => job.Activities.Any(a => a.Kind is ActivityKind.Publish or ActivityKind.PublishImage or ActivityKind.Deploy)
        || (release?.Node.Get("tags") is not null && job.Steps.Any(s => s.Uses?.Is("actions/upload-artifact") == true));

    private static bool Publishes(Step step) => step.Uses is { } uses
        && (s_publishers.Contains(uses.Name) || (uses.Is("docker/build-push-action") && step.Input("push") is { } push && !push.Equals("false", StringComparison.OrdinalIgnoreCase)));

    private static string? Version(UsedCode? uses, Report report) =>
        uses is not null && UnpinnedActionRule.IsCommit(uses.Ref) ? VersionComment.After(report.File.Text, uses.Range.End)?.Version : uses?.Ref;

    private static string Annotation(bool? restores, CacheSwitch cache, Step step) =>
        restores is null ? $"{cache.Input} decides it in each run" : cache.Input is null || step.Input(cache.Input) is not null ? "the cache is on" : "the cache is on where nothing is said";

    /// <summary>Whether the switch is an expression that is off in runs for a tag.</summary>
    private static bool SwitchedOffForTags(Step step, CacheSwitch cache)
    {
        if (cache.Input is null || step.Input(cache.Input) is not { } value || value.IndexOf("${{", StringComparison.Ordinal) is not (>= 0 and var at)) return false;
        if (ExpressionParser.Fenced(value, at + 3).Root is not { } root || TagRun.Value(root) is not { } result) return false;
        return cache.Off.Contains(result ? "true" : "false");
    }

    private static Fix? Mend(Step step, CacheSwitch cache, Report report)
    {
        if (cache.Mend is null || step.Node is not { } node) return null;
        var text = report.File.Text;
        var setting = $"{cache.Input}: {cache.Mend}";
        var edit = node.Mapping("with") is not { } with ? YamlPatch.Add(text, node, $"with:\n  {setting}", node.Entry("uses"))
            : with.Entry(cache.Input!) is { } entry ? YamlPatch.SetValue(text, entry, cache.Mend)
            : YamlPatch.Add(text, with, setting);
        return report.Fix(FixSafety.Unsafe, "restore no cache", edit);
    }
}
