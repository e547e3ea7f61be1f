using Signalbox.Pipelines;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class DeploySkipsEvidenceRule : Rule, IChecks<Pipeline>
{
    public override RuleInfo Info { get; } = new(
        "deploy-skips-evidence", "Deploy job does not depend on scan or signature", Theme.ArtifactIntegrity, RuleSeverity.High, ["github-actions", "gitlab-ci", "azure-pipelines", "jenkins"],
        "The chain build, scan, sign, deploy is broken where needs is missing", "Let the deploy job need the jobs that scan and sign")
    {
        Details = "Found where the same pipeline scans or signs, and the deploy job neither does so itself nor waits, through however many jobs, for the job that does. One that does so only behind the deployment keeps nothing from it.",
    };

    private static readonly (ActivityKind Kind, string Word)[] s_evidence = [(ActivityKind.Scan, "scans"), (ActivityKind.Sign, "signs")];

    public void Check(Pipeline pipeline, Report report)
    {
        foreach (var job in pipeline.Jobs)
        {
            if (job.Deploys is not [var deploy, ..]) continue;
            var before = pipeline.Before(job);
            foreach (var (kind, word) in s_evidence)
            {
                if (IsBefore(kind, job) || before.Any(b => b.Does(kind))) continue;
                var others = pipeline.Jobs.Where(j => j != job && j.Does(kind)).ToList();
                var beside = others.Find(j => !pipeline.Before(j).Contains(job));
                if (job.Does(kind))
                    report.In(report.File, job.Range, $"job '{YamlQuote.Short(job.Id)}' deploys before it {word}", "expected it before the deployment", related: report.File.At(deploy.Range, "it deploys here"));
                else if ((beside ?? others.FirstOrDefault()) is { } other)
                    report.In(report.File, job.Range, $"job '{YamlQuote.Short(job.Id)}' deploys {(beside is null ? "before" : "without waiting for")} '{YamlQuote.Short(other.Id)}', which {word}", "expected it among what the job needs", related: [report.File.At(deploy.Range, "it deploys here"), report.File.At(other.Range, $"this job {word}")]);
            }
        }
    }

    /// <summary>Whether the job does it before the last of its deployments.</summary>
    private static bool IsBefore(ActivityKind kind, Job job)
    {
        var done = job.Activities.ToList();
        return done.FindIndex(a => a.Kind == kind) is >= 0 and var first && first < done.FindLastIndex(a => a.Kind == ActivityKind.Deploy);
    }
}
