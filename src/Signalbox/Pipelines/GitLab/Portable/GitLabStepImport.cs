using System.Globalization;
using Signalbox.Pipelines.Portable;
using Signalbox.Yaml;

namespace Signalbox.Pipelines.GitLab.Portable;

/// <summary>What a job does, in the order GitLab does it: sources, caches, artifacts of earlier jobs, scripts, artifacts.</summary>
internal sealed class GitLabStepImport(GitLabSettings settings, GitLabReferences references, IReadOnlyList<Job> jobs, CarriageLog log)
{
    private static readonly string[] s_scripts = ["before_script", "script", "after_script"];

    public IReadOnlyList<PortableStep> Read(GitLabJob gitlab, YamlMapping root)
    {
        var (job, own) = (gitlab.Job, gitlab.Settings);
        var steps = new List<PortableStep>();
        if (Checkout(own, root, job) is { } checkout) steps.Add(checkout);
        foreach (var cache in (settings.Entry(own, "cache")?.Value).ItemsOrSelf().OfType<YamlMapping>())
            if (Cache(cache, job) is { } read) steps.Add(read);
        steps.AddRange(Downloads(own, job));
        if (job.Calls is null) steps.AddRange(Missing(gitlab, root));
        var script = Shelled(Script(own, job, "before_script", "script"), own, job);
        if (!script.Script.IsEmpty) steps.Add(script with { Source = Lines(own, "script").FirstOrDefault() is { } first ? GitLabJobImport.Place(first.Range, job) : job.Range });
        // docs.gitlab.com, "after_script": its failure fails nothing
        var after = Shelled(Script(own, job, "after_script"), own, job);
        if (!after.Script.IsEmpty) steps.Add(after with { When = RunsWhen.Always, FailureIgnored = true, Source = GitLabJobImport.Place(Lines(own, "after_script").First().Range, job) });
        if (settings.Entry(own, "artifacts") is not { } artifacts) return steps;
        var upload = Upload(artifacts, job);
        if (upload is not null) steps.Add(upload);
        steps.AddRange(Reports(artifacts.Value.Get("reports"), job));
        if (job.Id == GitLabPages.Job && upload is not null && GitLabPages.Publishes(upload)) steps.Add(GitLabPages.Step(job.Range));
        return steps;
    }

    /// <summary>What the job does that another file says.</summary>
    private IEnumerable<ForeignStep> Missing(GitLabJob gitlab, YamlMapping root)
    {
        foreach (var template in gitlab.Complete ? [] : gitlab.Settings.Get("extends").ItemsOrSelf().Concat(gitlab.Job.Node.Get("extends").ItemsOrSelf()).Select(e => e.Text()).OfType<string>().Where(e => root.Get(e) is null).Distinct().DefaultIfEmpty("a template of another file"))
            yield return new(Platform.GitLab, $"extends: {template}", []) { Source = gitlab.Job.Range };
        foreach (var reference in s_scripts.SelectMany(k => settings.Missing(settings.Entry(gitlab.Settings, k)?.Value)))
            yield return new(Platform.GitLab, GitLabSettings.Said(reference), []) { Source = GitLabJobImport.Place(reference.Range, gitlab.Job) };
        var others = gitlab.Settings.Entries().Where(e => !s_scripts.Contains(e.Key.Value)).Select(e => e.Value).Append(root.Get("variables")).OfType<YamlNode>().SelectMany(GitLabInputs.Scalars);
        foreach (var open in s_scripts.SelectMany(k => Lines(gitlab.Settings, k)).Concat(others).SelectMany(l => GitLabInputs.OpenIn(l.Value).Select(name => (Name: name, l.Range))).DistinctBy(o => o.Name))
            yield return new(Platform.GitLab, open.Name, []) { Source = GitLabJobImport.Place(open.Range, gitlab.Job) };
    }

    /// <summary>A script with the shell that GitLab takes: bash with <c>pipefail</c> where the image has it, else <c>sh</c> (docs.gitlab.com, "Shells supported by GitLab Runner").</summary>
    private RunStep Shelled(PortableText script, YamlMapping own, Job job)
    {
        var text = script.Render(l => l, _ => "x");
        var (pipes, windows) = (ShellText.HasPipe(text), job.Runner.Any(r => r.Name.Contains("windows", StringComparison.OrdinalIgnoreCase)));
        if (windows || !pipes && !ShellText.IsBash(text)) return new(script);
        var image = settings.Entry(own, "image")?.Value is { } node ? node.Text() ?? node.Text("name") : null;
        if (image is null) return new(script, "bash");
        if (!HasBusyBox(image))
        {
            log.Changed(job.Range, $"job {job.Id}: its script is one for bash, which the image {image} must have", "sh is what GitLab takes where there is none", Concern.Start);
            return new(script, "bash");
        }
        // its shell reads most of bash's words
        return new(pipes ? PortableText.Of([new(ShellText.PipefailWhereKnown, null), .. script.Parts]) : script);
    }

    // docker.com, "Docker Official Images": these are made from Alpine or BusyBox
    private static bool HasBusyBox(string image) =>
        image.Contains("alpine", StringComparison.OrdinalIgnoreCase) || image.Contains("busybox", StringComparison.OrdinalIgnoreCase) || image[(image.LastIndexOf('/') + 1)..].Split(':')[0] is "docker" or "kaniko" or "executor";

    private IEnumerable<YamlScalar> Lines(YamlMapping own, string key) => settings.Lines(settings.Entry(own, key)?.Value);

    private PortableText Script(YamlMapping own, Job job, params string[] keys)
    {
        var text = string.Join('\n', keys.SelectMany(k => Lines(own, k)).Select(l => l.Value.TrimEnd('\n', ' ')));
        return ShellText.Read(PortableText.Of(text), references.Known);
    }

    private static CheckoutStep? Checkout(YamlMapping own, YamlMapping root, Job job)
    {
        string? Setting(string name) => own.Get("variables").Text(name) ?? root.Get("variables").Text(name);
        if (Setting("GIT_STRATEGY") == "none") return null;
        var submodules = Setting("GIT_SUBMODULE_STRATEGY") switch { "normal" => "true", "recursive" => "recursive", _ => null };
        return new(int.TryParse(Setting("GIT_DEPTH"), CultureInfo.InvariantCulture, out var depth) ? depth : null, submodules) { Source = job.Range };
    }

    private CacheStep? Cache(YamlMapping cache, Job job)
    {
        var place = GitLabJobImport.Place(cache.Range, job);
        foreach (var entry in cache.Entries().Where(e => e.Key.Value is not ("key" or "paths" or "policy" or "fallback_keys"))) log.Left(GitLabJobImport.Place(entry.Range, job), $"job {job.Id}: {entry.Key.Value}: of a cache is not carried", concern: Concern.Frame);
        if (cache.Text("policy") is { } policy && policy != "pull-push") log.Changed(place, $"job {job.Id}: the cache's policy {policy} becomes reading and writing");
        var paths = cache.Get("paths").ItemsOrSelf().Select(p => p.Text()).OfType<string>().Select(references.Read).ToList();
        if (paths.Count == 0) return null;
        var key = cache.Get("key");
        var prefix = key is YamlMapping ? key.Text("prefix") is { } p ? $"{p}-" : "" : key.Text() ?? "default";
        return new(references.Read(prefix), [.. key.Get("files").Items().Select(f => f.Text()).OfType<string>()], [.. cache.Get("fallback_keys").Items().Select(k => references.Read(k.Text() ?? ""))], paths) { Source = place };
    }

    /// <summary>The artifacts of the jobs it needs, which GitLab brings without being asked.</summary>
    private IEnumerable<PortableStep> Downloads(YamlMapping own, Job job)
    {
        var named = own.Get("dependencies") is { } dependencies ? dependencies.ItemsOrSelf().Select(d => d.Text()).ToHashSet() : null;
        foreach (var need in job.Needs)
        {
            if (jobs.FirstOrDefault(j => j.Id == need.Id) is not { } before || !before.Artifacts.Any(a => a.Paths.Count > 0)) continue;
            var without = own.Get("needs").Items().Any(n => n.Text("job") == need.Id && n.Boolean("artifacts") == false);
            if (without || named?.Contains(need.Id) == false) continue;
            yield return new DownloadStep(Name(before), null) { Source = GitLabJobImport.Place(need.Range, job) };
        }
    }

    private PortableText Name(Job job) => job.Artifacts.FirstOrDefault(a => a.Paths.Count > 0)?.Name is { } name ? references.Read(name) : PortableText.Of(job.Id);

    // docs.gitlab.com, "GitLab CI/CD artifacts reports types": they are kept however the job ended
    private IEnumerable<PortableStep> Reports(YamlNode? reports, Job job)
    {
        foreach (var entry in reports.Entries())
        {
            var coverage = entry.Key.Value == "coverage_report" && entry.Value.Text("coverage_format") == "cobertura";
            var paths = (coverage ? entry.Value.Get("path") : entry.Value).ItemsOrSelf().Select(p => p.Text()).OfType<string>().Select(references.Read).ToList();
            if ((coverage || entry.Key.Value == "junit") && paths.Count > 0) yield return new ReportStep(coverage ? "cobertura" : "junit", paths) { When = RunsWhen.Always, Source = GitLabJobImport.Place(entry.Range, job) };
            else log.Left(GitLabJobImport.Place(entry.Range, job), $"job {job.Id}: the report {entry.Key.Value} is not carried", concern: entry.Key.Value == "dotenv" ? Concern.Work : Concern.Frame);
        }
    }

    private UploadStep? Upload(YamlEntry entry, Job job)
    {
        foreach (var other in entry.Value.Entries().Where(e => e.Key.Value is not ("name" or "paths" or "when" or "expire_in" or "reports"))) log.Left(GitLabJobImport.Place(other.Range, job), $"job {job.Id}: {other.Key.Value}: of its artifacts is not carried", concern: Concern.Frame);
        var paths = entry.Value.Get("paths").ItemsOrSelf().Select(p => p.Text()).OfType<string>().Select(references.Read).ToList();
        if (paths.Count == 0) return null;
        var time = GitLabJobReader.Duration(entry.Value.Text("expire_in"));
        return new(Name(job), paths, time is { } kept ? Math.Max(1, (int)Math.Ceiling(kept.TotalDays)) : null)
        {
            When = entry.Value.Text("when") switch { "always" => RunsWhen.Always, "on_failure" => RunsWhen.Failed, _ => RunsWhen.Succeeded },
            Source = GitLabJobImport.Place(entry.Range, job),
        };
    }
}
