using Microsoft.Extensions.Logging;

namespace Signalbox.Host;

/// <summary>How a host is run.</summary>
/// <param name="StateDirectory">Where tables, instances, logs and the socket lie; made with mode 0700.</param>
public sealed record HostOptions(string StateDirectory)
{
    /// <summary>Where warnings go; null: nowhere.</summary>
    public ILoggerFactory? Loggers { get; init; }

    /// <summary>Called once requests and the API are served.</summary>
    public Action? Started { get; init; }

    /// <summary>Unused artifacts that are kept for going back.</summary>
    public int KeepArtifacts { get; init; } = 10;

    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Null: as the user and the machine allow.</summary>
    internal bool? SeparateUsers { get; init; }

    /// <summary>Null: this program.</summary>
    internal Supervision.SelfCommand? Self { get; init; }
}
