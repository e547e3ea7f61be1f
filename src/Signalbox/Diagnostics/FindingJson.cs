using System.Text.Json;
using System.Text.Json.Serialization;

namespace Signalbox.Diagnostics;

/// <summary>Findings for programs: <c>{"findings":[…]}</c> in the order of <see cref="FindingOrder"/>.</summary>
public static class FindingJson
{
    public static string Render(IEnumerable<Finding> findings) =>
        JsonSerializer.Serialize(new FindingReport(FindingOrder.Sort(findings)), DiagnosticsJson.Default.FindingReport);
}

public sealed record FindingReport(IReadOnlyList<Finding> Findings);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    WriteIndented = true,
    NewLine = "\n",
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(FindingReport))]
internal sealed partial class DiagnosticsJson : JsonSerializerContext;
