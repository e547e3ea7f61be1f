using System.Text.Json.Serialization;
using Signalbox.Runbooks;

namespace Signalbox.Cli.Running;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(IReadOnlyList<Runbook>))]
[JsonSerializable(typeof(RunbookRunView))]
internal sealed partial class RunbookJson : JsonSerializerContext;
