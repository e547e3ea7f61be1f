namespace Signalbox.Evidence.Reports;

/// <summary>How much of a hostile file is read before it is refused. Memory grows with what is kept, never with the size of the file.</summary>
/// <param name="MaxBytes">Of the whole file.</param>
/// <param name="MaxDepth">Of JSON values or XML elements within each other.</param>
/// <param name="MaxEntryBytes">Of one entry, such as a vulnerability or a component with all below it.</param>
/// <param name="MaxItems">Findings, components, statements or test cases kept.</param>
/// <param name="MaxTextLength">UTF-16 units of one value kept; longer text is cut.</param>
/// <param name="MaxText">UTF-16 units of all values of all findings together, those that several share counted for each.</param>
public sealed record ReportLimits(
    long MaxBytes = 1L << 30,
    int MaxDepth = 128,
    int MaxEntryBytes = 16 << 20,
    int MaxItems = 400_000,
    int MaxTextLength = 8192,
    long MaxText = 64L << 20)
{
    /// <summary>
    /// Real reports say a rule's texts once and have findings refer to it: some 5 times the file is estimated, not measured. One that says
    /// its texts so much more often than it has bytes is made to fill a memory.
    /// </summary>
    private const int MaxRepeated = 16, Beside = 1 << 20;

    public static ReportLimits Default { get; } = new();

    /// <summary>The limits for a file of so many bytes.</summary>
    internal ReportLimits For(long bytes) => this with { MaxText = Math.Min(MaxText, (MaxRepeated * bytes) + Beside) };
}
