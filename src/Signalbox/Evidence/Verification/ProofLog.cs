namespace Signalbox.Evidence.Verification;

/// <summary>Writes down the links as they are proven, and the facts they carry.</summary>
internal sealed class ProofLog
{
    private readonly List<VerificationStep> _steps = [];
    private string _link = "format";

    public VerifiedFacts Facts { get; set; } = new();

    /// <summary>Names the link that is looked at from here on; a refusal is written down under it.</summary>
    public void Enter(string link) => _link = link;

    public void Proven(string detail) => _steps.Add(new(_link, LinkOutcome.Proven, detail));

    public void NotAsked(string link, string detail) => _steps.Add(new(link, LinkOutcome.NotAsked, detail));

    public VerificationResult Accepted() => new(true, null, null, _steps, Facts);

    public VerificationResult Refused(VerificationError error, string reason)
    {
        _steps.Add(new(_link, LinkOutcome.Refused, reason));
        return new(false, error, reason, _steps, Facts);
    }
}
