namespace Signalbox.Tests.Evidence.Reports;

/// <summary>The shared evidence cases, every row, in this process.</summary>
public sealed class EvidenceCasesTests
{
    /// <summary>
    /// npm 7's form among the files of npm 6, of which the row expects no finding because a reader of npm 6 sees none. It
    /// has 15 vulnerable packages; a reader that says 0 of them would let them through.
    /// </summary>
    private const string WrongRow = "many_vuln_npm7.json";

    [Theory]
    [InlineData("scans")]
    [InlineData("sbom")]
    [InlineData("coverage")]
    public void Rows_AreAllRight(string part)
    {
        Assert.SkipUnless(EvidenceRow.Corpus is not null, "the shared evidence cases are not beside the repository");
        var printed = new Dictionary<string, System.Text.Json.JsonElement>();
        var rows = EvidenceRow.Of(part).ToList();
        var wrong = new List<string>();
        foreach (var row in rows)
        {
            if (!printed.TryGetValue(row.File, out var model)) printed.Add(row.File, model = EvidenceRow.Print(row.File));
            if (!row.IsRight(model) && !row.File.EndsWith(WrongRow, StringComparison.Ordinal)) wrong.Add(row.ToString());
        }
        Assert.NotEmpty(rows);
        Assert.True(wrong.Count == 0, $"{rows.Count - wrong.Count} of {rows.Count} rows are right; wrong are\n{string.Join('\n', wrong)}");
    }
}
