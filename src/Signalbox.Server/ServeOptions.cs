using System.Net;
using Signalbox.Ledger;
using Signalbox.Storage;

namespace Signalbox.Server;

/// <param name="StateDirectory">Made (0700) where it is missing.</param>
/// <param name="Version">Shown in status and in the OpenAPI document.</param>
public sealed record ServeOptions(string StateDirectory, string Version)
{
    public const int DefaultPort = 7433;

    /// <summary>Where to listen; null for 127.0.0.1:7433, or a free port where that one is taken.</summary>
    public IPEndPoint? Listen { get; init; }

    /// <summary>Lets <see cref="Listen"/> be more than loopback, though tokens then travel in clear.</summary>
    public bool AllowPlainHttp { get; init; }

    /// <summary>A proxy ends TLS before this server: its <c>X-Forwarded-Proto: https</c> counts for Origin and cookies.</summary>
    public bool BehindTls { get; init; }

    /// <summary>Host names, beside loopback ones and <see cref="Listen"/>'s own address, that requests may be addressed to.</summary>
    public IReadOnlyList<string> AllowedHosts { get; init; } = [];

    /// <summary>Whose CI jobs are let in by their own tokens; null for <c>identities.yaml</c> in the state directory, where there is one.</summary>
    public string? Identities { get; init; }

    /// <summary>The file that runs, which CI jobs fetch to speak with it in its own version; null where it is none that runs alone.</summary>
    public string? Program { get; init; }

    /// <summary>Most bytes of one uploaded artifact. Source: the artifact limit of 2 GiB content, and 64 MiB for tar headers.</summary>
    public long MaxUpload { get; init; } = (2L << 30) + (64 << 20);

    /// <summary>Most bytes of any other body. A release with 100 services stays under it.</summary>
    public long MaxBody { get; init; } = 1 << 20;

    /// <summary>Between two signs of life on the event stream; proxies commonly cut a silent stream after 30 s or 60 s.</summary>
    public TimeSpan Heartbeat { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How often a grown ledger gets a signed checkpoint.</summary>
    public TimeSpan CheckpointEvery { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Where traces and metrics are sent; null for nowhere.</summary>
    public Telemetry.OtlpOptions? Otlp { get; init; }

    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>The control plane's own log: one line a call.</summary>
    public Action<string> Log { get; init; } = _ => { };
}

/// <summary>What the server hands to the control plane it serves.</summary>
/// <param name="Ledger">Append through this one only: it wakes the event streams.</param>
/// <param name="Appended">Told of every entry once it is known to be in the ledger, however late: a revoked token ends with it.</param>
/// <param name="Desk">Evidence and policies.</param>
public sealed record ControlPlaneServices(StateDirectory State, LedgerFeed Ledger, TimeProvider Time, Action<LedgerEntry> Appended, GateDesk Desk);
