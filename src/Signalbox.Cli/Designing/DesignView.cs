using System.Text.Json.Serialization;

namespace Signalbox.Cli.Designing;

/// <summary>What <c>design --format json</c> prints.</summary>
/// <param name="Platform"><c>github-actions</c>, <c>gitlab</c>, <c>jenkins</c> or <c>azure-pipelines</c>.</param>
/// <param name="Output">The pipeline's file; null where it went to the output itself, in <paramref name="Pipeline"/>.</param>
/// <param name="State"><c>printed</c>, <c>written</c>, <c>merged</c> (with people's own changes), <c>unchanged</c> or <c>drifted</c>.</param>
/// <param name="Files">The delivery's files.</param>
internal sealed record DesignView(string Platform, string? Output, string State, string? Pipeline, IReadOnlyList<DesignFileView> Files, IReadOnlyList<DecisionView> Decisions, IReadOnlyList<string> Left);

/// <param name="Place">Where the reason was seen; null where a default holds.</param>
/// <param name="Others">What else may be chosen by <c>--set ID=VALUE</c>.</param>
internal sealed record DecisionView(string Id, string Choice, string Why, string? Place, string Others);

/// <param name="Path">Below the root.</param>
/// <param name="State">As the pipeline's; also <c>removed</c>, and <c>left</c> where it is not designed any more and somebody changed it.</param>
/// <param name="Text">Where nothing was written.</param>
internal sealed record DesignFileView(string Path, string State, string? Text);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(DesignView))]
internal sealed partial class DesignJson : JsonSerializerContext;
