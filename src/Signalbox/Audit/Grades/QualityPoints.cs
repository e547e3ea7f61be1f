using System.Globalization;
using Signalbox.Diagnostics;
using Signalbox.Pipelines;
using Signalbox.Pipelines.Shell;
using static Signalbox.Audit.Grades.Grader;

namespace Signalbox.Audit.Grades;

/// <summary>Checks 3 and 5, and how much goes out without a hand.</summary>
internal static class QualityPoints
{
    // the brief's figure
    private const double Wanted = 80;

    public static GradePoint Feedback { get; } = Unknown("feedback", "feedback within 15 min, errors that say what to do", "only runs tell");

    public static GradePoint Coverage(Facts facts)
    {
        const string Title = "coverage of 80 % or more is demanded";
        var limits = facts.Commands(Threshold).ToList();
        if (limits.FirstOrDefault(l => l.Value >= Wanted) is { At: { } enough } proof) return Proven("coverage", Title, string.Create(CultureInfo.InvariantCulture, $"the run fails below {proof.Value} %"), enough);
        if (limits.FirstOrDefault() is { At: { } low } small) return Missing("coverage", Title, string.Create(CultureInfo.InvariantCulture, $"the run fails only below {small.Value} %"), low);
        return Unknown("coverage", Title, facts.First(ActivityKind.Test) is not null ? "tests run; a limit may stand in their configuration"
            : facts.HasPipelines ? "no pipeline is seen to run a test; a script of it may" : "there is no pipeline");
    }

    /// <summary>The least coverage with which a command succeeds, in percent.</summary>
    private static double? Threshold(ShellCommand command)
    {
        foreach (var option in (ReadOnlySpan<string>)["--cov-fail-under", "--fail-under", "--coverage-threshold", "/p:Threshold", "-p:Threshold", "--lines", "--minimum-coverage", "--min-coverage"])
            if (command.Value(option) is { } text && double.TryParse(text.TrimEnd('%'), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var percent) && percent is >= 0 and <= 100) return percent;
        return null;
    }

    public static GradePoint Scans(Facts facts)
    {
        const string Title = "scans stop what is vulnerable";
        if (facts.First(a => a is { Kind: ActivityKind.Scan, Toothless: null }) is { } gate) return Proven("scans", Title, "a scan fails its job", gate);
        if (facts.First(ActivityKind.Scan) is { } toothless) return Missing("scans", Title, "scans run, and none can stop anything", toothless);
        return facts.Publishes
            ? Missing("scans", Title, "something is published, and no pipeline scans it", facts.First(ActivityKind.PublishImage, ActivityKind.Publish))
            : Unknown("scans", Title, "nothing is published from here");
    }

    public static GradePoint SelfService(Facts facts)
    {
        const string Title = "developers deliver without asking anyone";
        return Delivery(facts) is { } at ? Proven("self-service", Title, "whoever may merge may deliver", at) : Unknown("self-service", Title, "nothing is deployed from here");
    }

    public static GradePoint Automated(Facts facts)
    {
        const string Title = "deployment is fully automated";
        if (facts.Found("manual-step-outside-deploy", "imperative-deploy") is { } hand) return Missing("automated", Title, "a person does what should flow by itself", hand);
        if (Delivery(facts) is { } at) return Proven("automated", Title, "code begins it", at);
        return facts.Deploys.Count > 0 ? Missing("automated", Title, "every job that deploys waits for a person", facts.Deploys[0].File.At(facts.Deploys[0].Job.Range)) : Unknown("automated", Title, "nothing is deployed from here");
    }

    private const TriggerKinds ByItself = TriggerKinds.Push | TriggerKinds.Release | TriggerKinds.Schedule | TriggerKinds.Called | TriggerKinds.Privileged;

    /// <summary>A deployment that code begins: a job, a GitOps controller, or Signalbox.</summary>
    private static Location? Delivery(Facts facts)
    {
        foreach (var (file, job) in facts.Deploys)
            if (job.Manual is null && (job.Triggers & ByItself) != 0) return file.At(job.Range);
        return facts.Object("Application", "ApplicationSet", "Kustomization", "HelmRelease") ?? (facts.Own.Count > 0 ? facts.OwnFile : null);
    }
}
