namespace Signalbox.Diagnostics;

public enum Severity { Info, Warning, Error }

/// <summary>
/// One thing that is wrong: what, where, what was seen, what was expected, and a line to paste.
/// Text, JSON and the page render this same record.
/// </summary>
/// <param name="Id">kebab-case and stable: the name users filter and search by.</param>
/// <param name="Message">Lower case, no full stop; names the thing and the value seen, and what was expected.</param>
/// <param name="Locations">At least one; the first is the primary one.</param>
/// <param name="Help">One line that can be pasted to mend it; null only where nothing can be pasted.</param>
/// <param name="HandTo">Whom the finding is handed to ("security (@acme/appsec)").</param>
public sealed record Finding(
    string Id, Severity Severity, string Message, IReadOnlyList<Location> Locations,
    string? Help = null, string? HandTo = null)
{
    public IReadOnlyList<Location> Locations { get; } = Locations.Count > 0
        ? Locations
        : throw new ArgumentException($"finding {Id} has no location", nameof(Locations));

    public static Finding Error(string id, string message, Location at, string? help = null) =>
        new(id, Severity.Error, message, [at], help);
}
