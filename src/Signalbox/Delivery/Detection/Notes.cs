using Signalbox.Diagnostics;

namespace Signalbox.Delivery.Detection;

/// <summary>Everything worth saying about a tree so far.</summary>
/// <param name="root">The directory as the user gave it; findings name files below it.</param>
internal sealed class Notes(string root)
{
    // a hostile tree shall not buy a hundred thousand findings
    private const int Most = 50;

    private readonly List<Finding> _findings = [];
    private readonly HashSet<(string, string, Place)> _seen = [];

    public IReadOnlyList<Finding> Findings => _findings;

    public void Warn(string id, string message, Place at, string help, string? line = null) => Add(Severity.Warning, id, message, at, help, line);

    public void Tell(string id, string message, Place at, string help, string? line = null) => Add(Severity.Info, id, message, at, help, line);

    public Location At(Place place, string? line = null)
    {
        var path = root is "." or "" ? place.Path : Path.Combine(root, place.Path);
        if (place.Line == 0 || line is null) return new(path, place.Line, place.Line > 0 ? 1 : 0);
        var indent = line.Length - line.TrimStart().Length;
        return new(path, place.Line, indent + 1, Math.Max(1, line.Trim().Length), line);
    }

    private void Add(Severity severity, string id, string message, Place at, string help, string? line)
    {
        if (_findings.Count < Most && _seen.Add((id, message, at))) _findings.Add(new(id, severity, message, [At(at, line)], help));
    }
}
