using Signalbox.Pipelines.GitLab.Portable;
using Signalbox.Pipelines.Portable;
using Signalbox.Pipelines.Writing;

namespace Signalbox.Pipelines.GitLab;

/// <summary>What a job takes from others, does, and hands on.</summary>
public sealed partial class GitLabWriter
{
    private void Needs(PortableJob job, OutMap map)
    {
        // what a person may start is not waited for
        var before = _pipeline.Jobs.Where(j => IsEarlier(j, job) && j is not { Manual: true, FailureIgnored: true }).Select(j => j.Id).ToHashSet(StringComparer.Ordinal);
        var wanted = job.Steps.OfType<DownloadStep>().ToList();
        static bool Keeps(PortableJob other, DownloadStep download) => other.Steps.OfType<UploadStep>().Any(u => u.ArtifactName.ToString() == download.ArtifactName?.ToString());
        bool Wants(PortableJob other) => other.Outputs.Count > 0 || wanted.Any(d => d.ArtifactName is null || Keeps(other, d));
        var needs = job.Needs.Where(n => _pipeline.Job(n) is not null).Concat(_pipeline.Jobs.Where(j => before.Contains(j.Id) && wanted.Any(d => d.ArtifactName is not null && Keeps(j, d))).Select(j => j.Id)).Distinct().ToList();
        foreach (var download in wanted.Where(d => d.Folder is not null))
        {
            _log.Left(download.Source, $"the artifact {download.ArtifactName} comes to where it was, not to {download.Folder}", "move the files in the script");
            _lost.Add($"the artifact {download.ArtifactName} comes to where it was, not to {download.Folder}");
        }
        var unwanted = needs.Where(n => _pipeline.Job(n) is { } j && j.Steps.OfType<UploadStep>().Any() && !Wants(j)).ToHashSet(StringComparer.Ordinal);
        if (before.SetEquals(needs) && unwanted.Count == 0) return;
        map.Add("needs", new OutList([.. needs.Select(Need)]));

        // a job that its rules may leave out alone cannot be needed but as one that may be missing
        YamlOut Need(string id)
        {
            var (optional, artifacts) = (!Skipping.Implies(job.If, _pipeline.Job(id)?.If), !unwanted.Contains(id));
            if (!optional && artifacts) return new OutText(_names[id]);
            var need = new OutMap().Add("job", _names[id]);
            if (!artifacts) need.Add("artifacts", false);
            return optional ? need.Add("optional", true) : need;
        }
    }

    private bool IsEarlier(PortableJob one, PortableJob other)
    {
        var stages = _stages.ToList();
        return stages.IndexOf(_stageOf.GetValueOrDefault(one.Id, "")) < stages.IndexOf(_stageOf.GetValueOrDefault(other.Id, ""));
    }

    private OutMap JobVariables(PortableJob job)
    {
        var map = new OutMap();
        if (job.Calls is null && job.Steps.OfType<CheckoutStep>().FirstOrDefault() is not { } checkout) map.Add("GIT_STRATEGY", "none");
        else if (job.Calls is null && job.Steps.OfType<CheckoutStep>().First() is var found)
        {
            _log.Whole(found.Source, "checkout, which GitLab does by itself");
            map.Add("GIT_DEPTH", found.Depth is { } depth ? new OutText(depth.ToString(System.Globalization.CultureInfo.InvariantCulture)) : null);
            map.Add("GIT_SUBMODULE_STRATEGY", found.Submodules switch { null => null, "recursive" => "recursive", _ => "normal" });
        }
        Add(map, [.. job.Variables, .. job.Container?.Variables ?? [], .. job.Calls is { Platform: not Platform.GitLab } calls ? calls.Inputs : []]);
        return map;
    }

    private List<YamlOut> Caches(PortableJob job)
    {
        var list = new List<YamlOut>();
        foreach (var cache in job.Steps.OfType<CacheStep>())
        {
            _log.Whole(cache.Source, "cache");
            foreach (var path in cache.Paths.Where(p => p.ToString().StartsWith('~') || p.ToString().StartsWith('/'))) _log.Left(cache.Source, $"the cached folder {path} lies outside the project", "have the tool keep its downloads in a folder of the project");
            var files = cache.KeyFiles.Where(f => !f.Contains('*')).Take(2).ToList();
            if (files.Count < cache.KeyFiles.Count) _log.Changed(cache.Source, $"the cache's key is made of {(files.Count == 0 ? "its name alone" : string.Join(" and ", files))}", "GitLab takes at most two files, without patterns");
            var known = PortableText.Of(cache.Key.Parts.Where(p => p.Reference is not { } r || GitLabReferences.Name(r) is not null));
            if (known.Parts.Count < cache.Key.Parts.Count) _log.Changed(cache.Source, $"the cache's key {cache.Key} is {known} on GitLab");
            var key = Text(known, cache.Source);
            list.Add(new OutMap()
                .Add("key", files.Count == 0 ? new OutText(key.Length == 0 ? "default" : key) : new OutMap().Add("files", OutList.Of(files)).Add("prefix", key.TrimEnd('-') is { Length: > 0 } prefix ? prefix : null))
                .Add("fallback_keys", cache.RestoreKeys.Select(k => Text(k, cache.Source)))
                .Add("paths", new OutList([.. cache.Paths.Select(p => new OutText(Text(p, cache.Source)))])));
        }
        return list;
    }

    private OutMap Script(PortableJob job, OutMap map)
    {
        var script = new GitLabScript(job, TriedWhole(job), _log);
        if (job.Calls is { } calls && !calls.Uses.StartsWith("./", StringComparison.Ordinal))
        {
            _log.Left(calls.Source, $"job {job.Id}: {calls.Uses} is not carried", "write its steps here");
            _lost.Add($"{calls.Uses} is called, which only {PlatformNames.Of(calls.Platform)} has");
        }
        foreach (var message in _lost) script.Lost(message);
        foreach (var pages in job.Steps.Where(GitLabPages.IsStep)) _log.Whole(pages.Source, LeftStep.Name(pages));
        var steps = job.Steps.Where(s => s is RunStep or LoginStep or ImageStep or ForeignStep && !GitLabPages.IsStep(s)).ToList();
        foreach (var step in steps) script.Add(step, job.Outputs.Count == 0 && ReferenceEquals(step, steps.FindLast(s => s.When == step.When)));
        foreach (var line in GitLabOutputs.Lines(job) ?? []) script.End(line);
        map.Add("script", script.Script.Count == 0 ? OutList.Of([":"]) : new OutList(script.Script) { Flow = false });
        return script.After.Count == 0 ? map : map.Add("after_script", new OutList(script.After) { Flow = false });
    }

    private static IEnumerable<PortableStep> Scripted(PortableJob job) => job.Steps.Where(s => s is RunStep or LoginStep or ImageStep or ForeignStep);

    private static bool TriedWhole(PortableJob job) => Scripted(job).ToList() is [{ When: RunsWhen.Succeeded }];

    private static int Retries(PortableJob job) => TriedWhole(job) ? Math.Max(job.Retries, Scripted(job).Single().Retries) : job.Retries;

    private OutMap Reports(PortableJob job)
    {
        var map = new OutMap().Add("dotenv", job.Outputs.Count > 0 && GitLabOutputs.Lines(job) is not null ? GitLabOutputs.Report : null);
        var shown = job.Steps.OfType<ReportStep>().ToList();
        foreach (var report in shown) _log.Whole(report.Source, LeftStep.Name(report));
        map.Add("junit", shown.Where(r => r.Kind == "junit").SelectMany(r => r.Paths.Select(p => Text(p, r.Source))));
        if (shown.Find(r => r.Kind == "cobertura") is not { } coverage) return map;
        if (coverage.Paths.Count > 1 || shown.Count(r => r.Kind == "cobertura") > 1) _log.Changed(coverage.Source, $"job {job.Id}: the coverage of {coverage.Paths[0]} alone is shown");
        return map.Add("coverage_report", new OutMap().Add("coverage_format", "cobertura").Add("path", Text(coverage.Paths[0], coverage.Source)));
    }

    private OutMap Artifacts(PortableJob job)
    {
        var uploads = job.Steps.OfType<UploadStep>().ToList();
        var reports = Reports(job);
        if (uploads.Count == 0) return new OutMap().Add("reports", reports);
        foreach (var upload in uploads) _log.Whole(upload.Source, LeftStep.Name(upload));
        foreach (var more in uploads.Skip(1)) _log.Changed(more.Source, $"job {job.Id}: its artifacts are one on GitLab, named {uploads[0].ArtifactName}");
        foreach (var odd in uploads.Where(u => u.If is not null)) _log.Left(odd.Source, $"job {job.Id}: the condition of an artifact is not carried", "the job's own rules");
        var name = Text(uploads[0].ArtifactName, uploads[0].Source);
        return new OutMap()
            .Add("name", name == job.Id ? null : name)
            .Add("when", uploads[0].When switch { RunsWhen.Failed => "on_failure", RunsWhen.Always or RunsWhen.Finished => "always", _ => null })
            .Add("expire_in", uploads.Max(u => u.RetentionDays) is { } days ? $"{days} days" : null)
            .Add("paths", new OutList([.. uploads.SelectMany(u => u.Paths.Select(p => new OutText(Text(p, u.Source))))])).Add("reports", reports);
    }
}
