using System.Text.Json.Serialization;

namespace Signalbox.Runtimes.Protocol;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(DeclaredTable))]
[JsonSerializable(typeof(HostState))]
[JsonSerializable(typeof(Observation))]
[JsonSerializable(typeof(PutResult))]
[JsonSerializable(typeof(LeaseRenewal))]
[JsonSerializable(typeof(FallRequest))]
[JsonSerializable(typeof(RunRequest))]
[JsonSerializable(typeof(RunResult))]
[JsonSerializable(typeof(TrackObservation))]
[JsonSerializable(typeof(HostProblem))]
[JsonSerializable(typeof(InstanceLogLine))]
public sealed partial class ProtocolJson : JsonSerializerContext;
