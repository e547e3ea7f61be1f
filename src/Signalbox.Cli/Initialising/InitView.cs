using System.Text.Json.Serialization;
using Signalbox.Diagnostics;

namespace Signalbox.Cli.Initialising;

/// <summary>What <c>init</c> answers in JSON.</summary>
/// <param name="Text">The file as it is written, or would be.</param>
internal sealed record InitView(string File, bool Written, string Application, IReadOnlyList<InitService> Services, IReadOnlyList<Finding> Findings, string Text)
{
    public static InitView Of(InitFile file, bool written) => new(
        file.Path, written, file.Application.Application.Value,
        [.. file.Application.Services.Select(service => new InitService(service.Name, service.Kind.ToString().ToLowerInvariant(), service.What, service.Found.ToString(), [.. Reasons.Of(service)]))],
        file.Findings, file.Text);
}

internal sealed record InitService(string Name, string Kind, string What, string Found, IReadOnlyList<ReasonView> Proposed);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(InitView))]
internal sealed partial class InitJson : JsonSerializerContext;
