namespace Signalbox.Evidence.Verification;

/// <summary>
/// Ends a verification with its reason. Thrown at any depth, caught at the entry alone, so that no check can be
/// passed by forgetting to look at a return value (docs/decisions/0010).
/// </summary>
internal sealed class Refusal(VerificationError error, string message) : Exception(message)
{
    public VerificationError Error { get; } = error;

    public static Refusal Bad(string message) => new(VerificationError.BadBundle, message);
}
