using Signalbox.Tests.Fuzz;

namespace Signalbox.Tests.Evidence.Reports;

/// <summary>Every small report, cut off: whatever comes of it is a report or a refusal with a reason. Other damage is <see cref="FuzzTests"/>'.</summary>
public sealed class ReportFuzzTests
{
    public static TheoryData<string> All => [.. Cases.Of("reports")];

    [Theory]
    [MemberData(nameof(All))]
    public void CutOffAnywhere_IsAReportOrARefusal(string name)
    {
        var whole = File.ReadAllBytes(ReportCasesTests.FileOf(name));
        for (var length = 0; length < Math.Min(whole.Length, 6000); length += Math.Max(1, whole.Length / 300))
            Assert.True(Record.Exception(() => ReportTargets.Read(whole[..length])) is null, $"{name}, first {length} bytes");
    }
}
