namespace Signalbox.Dora;

/// <summary>Incidents as monitors tell of them, event by event, in whatever order the events arrive.</summary>
internal sealed class ReportedIncidents
{
    private readonly Dictionary<(string Source, string Subject), Told> _told = [];

    private sealed class Told
    {
        public List<ReportedEvent> Opened { get; } = [];

        public List<DateTimeOffset> Resolved { get; } = [];
    }

    /// <param name="reported">An incident that was opened or resolved.</param>
    public void Add(ReportedEvent reported)
    {
        if (!_told.TryGetValue((reported.Source, reported.Subject), out var told)) _told[(reported.Source, reported.Subject)] = told = new();
        if (reported.Kind == ReportedKind.IncidentResolved) told.Resolved.Add(reported.At);
        else if (reported is { Application: not null, Environment: not null }) told.Opened.Add(reported);
    }

    /// <summary>From the first word to the first resolution after it; the earliest word that names a release says which.</summary>
    public IReadOnlyList<Incident> All => [.. _told.Where(told => told.Value.Opened.Count > 0).Select(told => Of(told.Key.Subject, told.Value))];

    private static Incident Of(string subject, Told told)
    {
        var words = told.Opened.OrderBy(word => word.At).ThenBy(word => word.Id, StringComparer.Ordinal).ToList();
        var first = words[0];
        return new(
            subject, first.Application!, first.Environment!, words.FirstOrDefault(word => word.Release is not null)?.Release, first.At,
            told.Resolved.Where(at => at >= first.At).Select(at => (DateTimeOffset?)at).Min());
    }
}
