using System.Net;
using System.Net.Sockets;
using Signalbox.Delivery;
using Signalbox.Host.Posix;

namespace Signalbox.Host.Supervision;

/// <summary>Asks one run of an instance whether it is healthy.</summary>
internal sealed class Probe(InstanceSpec spec, ShimRun run, int? userId, HttpMessageInvoker http)
{
    private const int OutputLimit = 4096;

    /// <param name="checkOwner">Also verify that the listener is the instance's own; asked for when it is about to become ready.</param>
    /// <returns><see cref="ProbeResult.Unknown"/> where the host itself lacks what it takes to ask.</returns>
    public async Task<ProbeResult> AskAsync(TimeSpan timeout, bool checkOwner, CancellationToken cancel)
    {
        try
        {
            return await TryAskAsync(timeout, checkOwner, cancel);
        }
        catch (Exception e) when (Shortage.Is(e))
        {
            return ProbeResult.Unknown;
        }
    }

    private async Task<ProbeResult> TryAskAsync(TimeSpan timeout, bool checkOwner, CancellationToken cancel)
    {
        var health = spec.Health;
        var result = health switch
        {
            { Http: { } path } => await HttpAsync(path, timeout, cancel),
            { Command: { } command } => await CommandAsync(command, timeout, cancel),
            _ when health.Tcp || spec.Kind == ServiceKind.Web => await TcpAsync(timeout, cancel),
            _ => ProbeResult.Ok,
        };
        var hasListener = spec.Kind == ServiceKind.Web || health.Http is not null || health.Tcp;
        return result.Outcome == ProbeOutcome.Healthy && checkOwner && hasListener ? CheckOwner() : result;
    }

    private ProbeResult CheckOwner() => ListenerOwnership.Of(run.Port, run.ShimPid, run.WorkloadPid) switch
    {
        Ownership.Owned => ProbeResult.Ok,
        Ownership.None => ProbeResult.Bad($"nothing listens on 127.0.0.1:{run.Port}, the PORT it was given"),
        _ => new(ProbeOutcome.Foreign, $"a process that does not belong to the instance listens on port {run.Port}"),
    };

    private async Task<ProbeResult> HttpAsync(string path, TimeSpan timeout, CancellationToken cancel)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(timeout);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, $"http://127.0.0.1:{run.Port}/{path.TrimStart('/')}");
            request.Headers.UserAgent.ParseAdd("signalbox-health");
            request.Headers.ConnectionClose = true;
            using var response = await http.SendAsync(request, limit.Token);
            var status = (int)response.StatusCode;
            return status is >= 200 and < 400 ? ProbeResult.Ok : ProbeResult.Bad($"GET {path} answered {status}, expected 200 to 399");
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return ProbeResult.Bad($"GET {path} did not answer within {timeout.TotalSeconds:0.###} s");
        }
        catch (Exception e) when (e is HttpRequestException or IOException or SocketException && !Shortage.Is(e))
        {
            return ProbeResult.Bad($"GET {path} on 127.0.0.1:{run.Port}: {Reason(e)}");
        }
    }

    private async Task<ProbeResult> TcpAsync(TimeSpan timeout, CancellationToken cancel)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(timeout);
        try
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, run.Port), limit.Token);
            return ProbeResult.Ok;
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return ProbeResult.Bad($"127.0.0.1:{run.Port} did not take a connection within {timeout.TotalSeconds:0.###} s");
        }
        catch (SocketException e) when (!Shortage.Is(e))
        {
            return ProbeResult.Bad($"127.0.0.1:{run.Port}: {Reason(e)}");
        }
    }

    private async Task<ProbeResult> CommandAsync(IReadOnlyList<string> command, TimeSpan timeout, CancellationToken cancel)
    {
        var (wrapped, environment) = userId is { } user ? WorkloadUser.Wrap(user, command, run.Environment) : (command, run.Environment);
        var result = await CommandRunner.RunAsync(wrapped, spec.ArtifactDirectory, environment, timeout, OutputLimit, cancel);
        if (result.Succeeded) return ProbeResult.Ok;
        if (result.Shortage) return ProbeResult.Unknown;
        return ProbeResult.Bad($"health command '{command[0]}' {result.Describe()}");
    }

    private static string Reason(Exception e)
    {
        while (e.InnerException is { } inner) e = inner;
        return e is SocketException { SocketErrorCode: SocketError.ConnectionRefused } ? "connection refused" : e.Message;
    }
}
