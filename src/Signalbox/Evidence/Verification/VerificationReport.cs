using System.Text.Json;
using System.Text.Json.Serialization;

namespace Signalbox.Evidence.Verification;

/// <summary>A result for programs: <c>{"verdict":"accept|reject|undecided","error":…,"reason":…,"steps":[…],"facts":{…}}</c>.</summary>
/// <param name="Error">The name of a <see cref="VerificationError"/>; absent where accepted.</param>
public sealed record VerificationReport(
    string Verdict, string? Error, string? Reason, IReadOnlyList<ReportedStep> Steps, VerifiedFacts Facts)
{
    /// <param name="decides">False where what holds was held against no artifact: then nothing is decided.</param>
    public static VerificationReport Of(VerificationResult result, bool decides = true) => new(
        !result.Accepted ? "reject" : decides ? "accept" : "undecided", result.Error?.ToString(), result.Accepted && !decides ? "no artifact was compared with what is signed" : result.Reason,
        [.. result.Steps.Select(step => new ReportedStep(step.Link, OutcomeName(step.Outcome), step.Detail))], result.Facts);

    /// <summary>One line of JSON.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, VerificationJson.Default.VerificationReport);

    private static string OutcomeName(LinkOutcome outcome) => outcome switch
    {
        LinkOutcome.Proven => "proven",
        LinkOutcome.Refused => "refused",
        _ => "notAsked",
    };
}

/// <param name="Outcome">proven, refused or notAsked.</param>
public sealed record ReportedStep(string Link, string Outcome, string Detail);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(VerificationReport))]
internal sealed partial class VerificationJson : JsonSerializerContext;
