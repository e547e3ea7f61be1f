namespace Signalbox.Evidence.Reports;

/// <summary>How much of a hostile file is read before it is refused. Memory grows with what is kept, never with the size of the file.</summary>
/// <param name="MaxBytes">Of the whole file.</param>
/// <param name="MaxDepth">Of JSON values or XML elements within each other.</param>
/// <param name="MaxEntryBytes">Of one entry, such as a vulnerability or a component with all below it.</param>
/// <param name="MaxItems">Findings, components, statements or test cases kept.</param>
/// <param name="MaxTextLength">UTF-16 units of one value kept; longer text is cut.</param>
public sealed record ReportLimits(
    long MaxBytes = 1L << 30,
    int MaxDepth = 128,
    int MaxEntryBytes = 16 << 20,
    int MaxItems = 400_000,
    int MaxTextLength = 8192)
{
    public static ReportLimits Default { get; } = new();
}
