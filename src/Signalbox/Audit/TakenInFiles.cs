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
            foreach (var (reader, path) in file.TakesIn)
            {
                if (path != file.File!.Path) repository.TakeIn(path);
                if (byPath.TryGetValue(path, out var taken) && taken.RunTakenIn(reader)) open.Enqueue(taken);
            }
    }

    /// <summary>
    /// Leaves out what is said at the line of an inclusion and in the included file, too; there it weighs as much as in the gravest of
    /// the pipelines that take it in.
    /// </summary>
    public static IReadOnlyList<AuditFinding> SaidOnce(IReadOnlyList<AuditFinding> findings, IReadOnlyList<FileRead> files)
    {
        var taking = files.Where(f => f is { File.StandsIn.Count: > 0, TakesIn.Count: > 0 }).ToDictionary(f => f.File!.Path, StringComparer.Ordinal);
        if (taking.Count == 0) return findings;
        var lines = taking.Values.SelectMany(f => f.File!.StandsIn.Select(s => Place(f.File.At(s)))).ToHashSet();
        var said = new List<AuditFinding?>(findings);
        var own = findings.Index().Where(f => !lines.Contains(Place(f.Item.Locations[0]))).ToLookup(f => Words(f.Item.Locations[0].Path, f.Item), f => f.Index);
        for (var i = 0; i < findings.Count; i++)
        {
            var (finding, at) = (findings[i], findings[i].Locations[0]);
            if (!lines.Contains(Place(at))) continue;
            foreach (var there in taking[at.Path].TakesIn.Where(t => t.Path != at.Path).SelectMany(t => own[Words(t.Path, finding)]))
            {
                said[there] = Weighed(said[there]!, finding);
                said[i] = null;
            }
        }
        return [.. said.OfType<AuditFinding>()];
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
