using Signalbox.Evidence.Verification;

namespace Signalbox.Tests.Evidence.Verification;

public sealed class EvidenceCasesTests
{
    [Fact]
    public void EveryRow_IsAnsweredAsExpected_WithItsErrorClass()
    {
        Assert.SkipUnless(EvidenceCases.Exist, "../shared/evidence-cases is not beside the repository");
        var root = EvidenceCases.TrustedRoot();
        var (accepted, refused, wrong) = (0, 0, new List<string>());
        foreach (var row in EvidenceCases.Rows())
        {
            var result = BundleVerifier.Verify(EvidenceCases.Bundle(row.Bundle), root, row.Policy, EvidenceCases.Now);
            var seen = result.Accepted ? "ok" : result.Error.ToString();
            if (seen != row.Expect) wrong.Add($"{row}: expected {row.Expect}, was {seen}: {result.Reason}");
            else if (result.Accepted) accepted++;
            else refused++;
        }
        Assert.True(wrong.Count == 0, $"{accepted} accepted and {refused} refused rightly, {wrong.Count} wrong:\n{string.Join('\n', wrong.Take(20))}");
        Assert.True(accepted > 0 && refused > 0);
    }
}
