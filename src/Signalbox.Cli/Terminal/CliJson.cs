using System.Text.Json.Serialization;
using Signalbox.Api;

namespace Signalbox.Cli.Terminal;

/// <summary>What <c>up</c> and <c>deploy</c> answer in JSON.</summary>
internal sealed record DeployedView(string Release, string Track, RolloutView? Rollout, IReadOnlyList<string> Addresses, string? ControlPlane, string? LoginLink);

/// <summary>What a verb without a value of its own answers in JSON.</summary>
internal sealed record DoneView(bool Done, string Message);

/// <param name="Missing">Of NTIA's minimum elements.</param>
internal sealed record SbomView(string File, int Components, bool Complete, IEnumerable<LockfileView> Lockfiles, IEnumerable<GapView> Gaps, IEnumerable<string> Missing);

internal sealed record LockfileView(string Path, string Format, int Components, string Digest);

internal sealed record GapView(string Path, string Message, string? Help);

/// <summary>What <c>completion</c> answers in JSON.</summary>
internal sealed record CompletionView(string Shell, string Script);

/// <summary>What <c>ledger verify</c> answers in JSON.</summary>
internal sealed record LedgerView(bool Whole, string Head, int Checkpoints);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(DeployedView))]
[JsonSerializable(typeof(DoneView))]
[JsonSerializable(typeof(SbomView))]
[JsonSerializable(typeof(CompletionView))]
[JsonSerializable(typeof(IReadOnlyList<string>))]
[JsonSerializable(typeof(LedgerView))]
[JsonSerializable(typeof(Analysis.SimulationReport))]
[JsonSerializable(typeof(Analysis.ReplayReport))]
[JsonSerializable(typeof(Demo.DemoView))]
internal sealed partial class CliJson : JsonSerializerContext;
