using Microsoft.Extensions.Logging;

namespace Signalbox.Host.Supervision;

/// <summary>What every instance's runner shares.</summary>
internal sealed record SupervisionContext(
    SupervisionPaths Paths, SupervisionTimings Timings, TimeProvider Time, Action<SupervisedInstance> Changed, ILogger Logger,
    ShimStarter Shims, Ports Ports, HttpMessageInvoker Http, IReadOnlyDictionary<string, string> HostEnvironment, Func<double> Random);
