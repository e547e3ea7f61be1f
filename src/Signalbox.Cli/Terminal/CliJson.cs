using System.Text.Json.Serialization;
using Signalbox.Api;
using Signalbox.Diagnostics;

namespace Signalbox.Cli.Terminal;

internal sealed record FindingsView(IReadOnlyList<Finding> Findings);

/// <summary>What <c>up</c> and <c>deploy</c> answer in JSON.</summary>
internal sealed record DeployedView(string Release, string Track, RolloutView? Rollout, IReadOnlyList<string> Addresses, string? ControlPlane, string? LoginLink);

/// <summary>What a verb without a value of its own answers in JSON.</summary>
internal sealed record DoneView(bool Done, string Message);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(FindingsView))]
[JsonSerializable(typeof(DeployedView))]
[JsonSerializable(typeof(DoneView))]
internal sealed partial class CliJson : JsonSerializerContext;
