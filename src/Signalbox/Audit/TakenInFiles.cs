namespace Signalbox.Audit;

/// <summary>Files that pipelines of the repository take in: they are read wherever they lie, and what they say wrong is said there.</summary>
internal static class TakenInFiles
{
    /// <summary>Has them read by the reader that knows of them. What the policy leaves out is not among the files.</summary>
    public static void Read(IReadOnlyList<FileRead> files, Repository repository)
    {
        var open = new Queue<FileRead>(files.Where(f => f.TakesIn.Count > 0));
        if (open.Count == 0) return;
        var byPath = files.Where(f => f.File is not null).ToDictionary(f => f.File!.Path, StringComparer.Ordinal);
        while (open.TryDequeue(out var file))
            foreach (var (reader, path, _) in file.TakesIn)
            {
                if (path != file.File!.Path) repository.TakeIn(path);
                if (byPath.TryGetValue(path, out var taken) && taken.RunTakenIn(reader)) open.Enqueue(taken);
            }
    }

    /// <summary>
    /// Leaves out what is said at the line of an inclusion and in the file that it includes, too; there it weighs as much as in the
    /// gravest of the pipelines that take it in. What is ignored at every such line stays there, and is said nowhere else.
    /// </summary>
    public static IReadOnlyList<AuditFinding> SaidOnce(IReadOnlyList<AuditFinding> findings, IReadOnlyList<FileRead> files)
    {
        var taking = files.Where(f => f is { File.StandsIn.Count: > 0, TakesIn.Count: > 0 }).ToList();
        if (taking.Count == 0) return findings;
        var lines = taking.SelectMany(f => f.File!.StandsIn.Select(s => Place(f.File.At(s)))).ToHashSet();
        var taken = taking.SelectMany(f => f.TakesIn.Where(t => t.Path != f.File!.Path).Select(t => (Place: Place(f.File!.At(t.At)), t.Path))).Distinct().ToLookup(t => t.Place, t => t.Path);
        var ignores = files.SelectMany(f => f.Ignores).Where(i => i.Reason.Length > 0).ToLookup(i => i.File.Path, StringComparer.Ordinal);
        var said = new List<AuditFinding?>(findings);
        var own = findings.Index().Where(f => !lines.Contains(Place(f.Item.Locations[0]))).ToLookup(f => Words(f.Item.Locations[0].Path, f.Item), f => f.Index);
        var (heard, silenced) = (new HashSet<int>(), new HashSet<int>());
        for (var i = 0; i < findings.Count; i++)
        {
            var (finding, at) = (findings[i], Place(findings[i].Locations[0]));
            if (!lines.Contains(at)) continue;
            var isIgnored = IsIgnored(finding);
            foreach (var there in taken[at].SelectMany(path => own[Words(path, finding)]))
            {
                (isIgnored ? silenced : heard).Add(there);
                if (isIgnored) continue;
                said[there] = Weighed(said[there]!, finding);
                said[i] = null;
            }
        }
        foreach (var there in silenced.Where(t => !heard.Contains(t) && !IsIgnored(findings[t]))) said[there] = null;
        return [.. said.OfType<AuditFinding>()];

        bool IsIgnored(AuditFinding finding) => ignores[finding.Locations[0].Path].Any(i => i.Covers(finding));
    }

    private static (string, int, int) Place(Diagnostics.Location place) => (place.Path, place.Line, place.Column);

    private static (string, string, string) Words(string path, AuditFinding finding) => (path, finding.Rule.Id, finding.Message);

    private static AuditFinding Weighed(AuditFinding one, AuditFinding other) => one with
    {
        Severity = one.Severity < other.Severity ? other.Severity : one.Severity,
        Confidence = one.Confidence < other.Confidence ? other.Confidence : one.Confidence,
        Persona = one.Persona < other.Persona ? one.Persona : other.Persona,
    };
}
