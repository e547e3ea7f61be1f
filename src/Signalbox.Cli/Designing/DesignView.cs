using System.Text.Json.Serialization;

namespace Signalbox.Cli.Designing;

/// <summary>What <c>design --format json</c> prints.</summary>
/// <param name="Platform"><c>github-actions</c>, <c>gitlab</c>, <c>jenkins</c> or <c>azure-pipelines</c>.</param>
/// <param name="Output">The pipeline's file; null where it went to the output itself, in <paramref name="Pipeline"/>.</param>
/// <param name="State"><c>printed</c>, <c>written</c>, <c>merged</c> (with people's own changes), <c>unchanged</c> or <c>drifted</c>.</param>
internal sealed record DesignView(string Platform, string? Output, string State, string? Pipeline, IReadOnlyList<DecisionView> Decisions, IReadOnlyList<string> Left);

/// <param name="Place">Where the reason was seen; null where a default holds.</param>
/// <param name="Others">What else may be chosen by <c>--set ID=VALUE</c>.</param>
internal sealed record DecisionView(string Id, string Choice, string Why, string? Place, string Others);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(DesignView))]
internal sealed partial class DesignJson : JsonSerializerContext;
