namespace Signalbox.Diagnostics;

/// <summary>The one order findings are shown in: file, line, column, id.</summary>
public static class FindingOrder
{
    public static IReadOnlyList<Finding> Sort(IEnumerable<Finding> findings) =>
    [
        .. findings
            .OrderBy(f => f.Locations[0].Path, StringComparer.Ordinal)
            .ThenBy(f => f.Locations[0].Line)
            .ThenBy(f => f.Locations[0].Column)
            .ThenBy(f => f.Id, StringComparer.Ordinal),
    ];
}
