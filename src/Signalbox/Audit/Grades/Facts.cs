using Signalbox.Audit.Kubernetes;
using Signalbox.Delivery;
using Signalbox.Diagnostics;
using Signalbox.Pipelines;
using Signalbox.Pipelines.GitHubActions;

namespace Signalbox.Audit.Grades;

/// <summary>What the points of a grade ask of a repository.</summary>
internal sealed class Facts
{
    private readonly List<(SourceFile File, Pipeline Pipeline, Job Job, Activity Activity)> _activities = [];

    public Facts(Repository repository, IReadOnlyList<AuditFinding> findings)
    {
        (Repository, Findings) = (repository, findings);
        foreach (var (file, pipeline) in repository.All<Pipeline>()) Add(file, pipeline);
        foreach (var (file, action) in repository.All<GitHubAction>()) Add(file, action.Fragment);
        Own = repository.Root is { } root && repository.Has(DeliveryFileReader.DefaultName)
            ? DeliveryFileReader.ReadFile(Path.Combine(root, DeliveryFileReader.DefaultName)).Applications ?? [] : [];
        Deploys = [.. repository.All<Pipeline>().SelectMany(p => p.Document.Jobs.Where(j => j.Deploys.Count > 0).Select(j => (p.File, j)))];
    }

    public Repository Repository { get; }

    /// <summary>Every finding, whoever it is for.</summary>
    public IReadOnlyList<AuditFinding> Findings { get; }

    /// <summary>The applications that Signalbox itself delivers from here.</summary>
    public IReadOnlyList<Application> Own { get; }

    /// <summary>The jobs that deploy.</summary>
    public IReadOnlyList<(SourceFile File, Job Job)> Deploys { get; }

    public bool HasPipelines => _activities.Count > 0 || Repository.All<Pipeline>().Count > 0;

    /// <summary>Whether anything is made here that others run or take.</summary>
    public bool Publishes => _activities.Any(a => a.Activity.Kind is ActivityKind.Publish or ActivityKind.PublishImage);

    public Location OwnFile => new(DeliveryFileReader.DefaultName);

    /// <summary>The first place where some activity is done, or null.</summary>
    public Location? First(Func<Activity, bool> wanted)
    {
        foreach (var (file, _, _, activity) in _activities)
            if (wanted(activity)) return file.At(activity.Range);
        return null;
    }

    public Location? First(params ReadOnlySpan<ActivityKind> kinds)
    {
        foreach (var (file, _, _, activity) in _activities)
            if (kinds.Contains(activity.Kind)) return file.At(activity.Range);
        return null;
    }

    /// <summary>The first object of one of some kinds, or null.</summary>
    public Location? Object(params ReadOnlySpan<string> kinds)
    {
        foreach (var (file, target) in Repository.All<KubernetesObject>())
            if (kinds.Contains(target.Kind)) return file.At(target.Range);
        return null;
    }

    /// <summary>The first command of any pipeline that gives a value, with where it stands.</summary>
    public IEnumerable<(T Value, Location At)> Commands<T>(Func<Pipelines.Shell.ShellCommand, T?> read) where T : struct =>
        from pipeline in Repository.All<Pipeline>()
        from step in pipeline.Document.Jobs.SelectMany(j => j.Steps)
        where step.Script is not null
        from command in step.Script!.Shell.Commands
        let value = read(command)
        where value is not null
        select (value.Value, pipeline.File.At(step.Script!.InFile(command.Range)));

    /// <summary>The first finding of some rules, or null.</summary>
    public Location? Found(params ReadOnlySpan<string> rules)
    {
        foreach (var finding in Findings)
            if (rules.Contains(finding.Rule.Id) && finding.Persona != Persona.Auditor) return finding.Locations[0];
        return null;
    }

    /// <summary>The first path that holds a word, or null.</summary>
    public Location? PathWith(params string[] words) =>
        Repository.Paths.Where(p => words.Any(w => p.Contains(w, StringComparison.OrdinalIgnoreCase))).Order(StringComparer.Ordinal).FirstOrDefault() is { } path ? new(path) : null;

    /// <summary>The main containers of workloads that run on.</summary>
    public IEnumerable<(SourceFile File, PodContainer Container)> Containers =>
        from pod in Repository.All<Pod>()
        where pod.Document.RunsOn && !pod.Document.Owner.IsPartial
        from container in pod.Document.Containers
        select (pod.File, container);

    private void Add(SourceFile file, Pipeline pipeline)
    {
        foreach (var job in pipeline.Jobs)
            foreach (var activity in job.Activities) _activities.Add((file, pipeline, job, activity));
    }
}
