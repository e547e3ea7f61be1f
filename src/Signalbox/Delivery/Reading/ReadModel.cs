using Signalbox.Yaml;

namespace Signalbox.Delivery.Reading;

/// <summary>A service and where its parts were written, for messages of rules that look at several parts.</summary>
internal sealed record ReadService(ServiceConfiguration Value, YamlSpan At, YamlSpan Artifact, YamlSpan Command, YamlSpan Port, YamlSpan Data);

/// <param name="Strategy">Where the strategy was written; null where none was.</param>
/// <param name="Previews">Service name to where the address of its preview was written.</param>
internal sealed record ReadEnvironment(EnvironmentConfiguration Value, YamlSpan Name, YamlSpan? Strategy, IReadOnlyList<ReadService> Services, IReadOnlyDictionary<string, YamlSpan> Previews);

internal sealed record ReadApplication(Application Value, YamlSpan Name, IReadOnlyList<ReadEnvironment> Environments);
