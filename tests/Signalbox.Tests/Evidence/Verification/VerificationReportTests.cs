using Signalbox.Evidence.Verification;

namespace Signalbox.Tests.Evidence.Verification;

/// <summary>A result for programs: its verdict, and why.</summary>
public sealed class VerificationReportTests
{
    private static readonly VerificationResult s_accepted = new(true, null, null, [new("signature", LinkOutcome.Proven, "a"), new("artifact", LinkOutcome.NotAsked, "b")], new());
    private static readonly VerificationResult s_refused = new(false, VerificationError.MismatchHash, "it is another", [new("artifact", LinkOutcome.Refused, "it is another")], new());

    [Fact]
    public void Accepted_IsSaidWithItsSteps()
    {
        var report = VerificationReport.Of(s_accepted);
        Assert.Equal(("accept", null, null), (report.Verdict, report.Error, report.Reason));
        Assert.Equal([new("signature", "proven", "a"), new("artifact", "notAsked", "b")], report.Steps);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Refused_IsARejection_WhateverWouldHaveBeenDecided(bool decides)
    {
        var report = VerificationReport.Of(s_refused, decides);
        Assert.Equal(("reject", "MismatchHash", "it is another"), (report.Verdict, report.Error, report.Reason));
        Assert.Equal([new("artifact", "refused", "it is another")], report.Steps);
    }

    [Fact]
    public void WhatHolds_AgainstNoArtifact_DecidesNothing()
    {
        var report = VerificationReport.Of(s_accepted, decides: false);
        Assert.Equal(("undecided", null, "no artifact was compared with what is signed"), (report.Verdict, report.Error, report.Reason));
    }

    [Fact]
    public void Json_LeavesOutWhatIsNotThere() => Assert.Equal(
        """{"verdict":"accept","steps":[{"link":"signature","outcome":"proven","detail":"a"},{"link":"artifact","outcome":"notAsked","detail":"b"}],"facts":{"times":[],"subjects":[]}}""",
        VerificationReport.Of(s_accepted).ToJson());
}
