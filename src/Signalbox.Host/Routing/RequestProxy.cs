using System.Net;
using Microsoft.AspNetCore.Http;
using Signalbox.Host.Posix;
using Yarp.ReverseProxy.Forwarder;

namespace Signalbox.Host.Routing;

/// <summary>Takes one request to an instance and counts how it went.</summary>
internal sealed class RequestProxy(IHttpForwarder forwarder, TimeProvider time)
{
    /// <summary>After a refused connect, so many other instances are tried.</summary>
    private const int Retries = 2;

    /// <summary>
    /// A request through which nothing passed for so long is given up. Long enough for long polls and for
    /// WebSockets with a heartbeat; what is too slow for users is the age limit's business.
    /// </summary>
    private static readonly ForwarderRequestConfig Config = new()
    {
        ActivityTimeout = TimeSpan.FromMinutes(10),
        Version = HttpVersion.Version11,
        VersionPolicy = HttpVersionPolicy.RequestVersionExact,
    };

    public async Task PassAsync(ClientConnection connection, HttpContext http)
    {
        var started = time.GetTimestamp();
        var slot = connection.Slot;
        var point = StickyPoint.Of(slot.Current, connection, http, out var key);
        Backend? failed = null;
        // at most two arms refuse before the last attempt
        Arm? blamed = null, blamedBefore = null;
        for (var attempt = 0; slot.TryEnter(point, failed, out var route, out var backend); attempt++)
        {
            connection.Request.Begin(route.Arm.Recorder, started, key);
            // an arm is blamed once for a request, and one that helps out is not counted for it
            if (ReferenceEquals(blamed, route.Arm) || ReferenceEquals(blamedBefore, route.Arm)) connection.Request.Forget();
            var error = await SendAsync(connection, http, backend);
            if (attempt == Retries || !ConnectFailed(http, error))
            {
                Count(connection.Request, http, error, helpingOut: blamed is not null);
                return;
            }
            connection.Request.Finish(bad: true);
            http.Response.Clear();
            (failed, blamed, blamedBefore) = (backend, route.Arm, blamed);
        }
        await NoInstanceAsync(slot, http, failed is not null);
    }

    private async ValueTask<ForwarderError> SendAsync(ClientConnection connection, HttpContext http, Backend backend)
    {
        try
        {
            var mustClose = http.Request.Headers.Upgrade.Count > 0 ? backend.UpgradedMustClose : CancellationToken.None;
            return await forwarder.SendAsync(http, backend.Prefix, backend.Invoker, Config, connection, mustClose);
        }
        finally
        {
            backend.Leave();
        }
    }

    /// <summary>Nothing was sent, so that the request can go elsewhere whatever its method.</summary>
    private static bool ConnectFailed(HttpContext http, ForwarderError error) =>
        error == ForwarderError.Request && !http.Response.HasStarted && !http.RequestAborted.IsCancellationRequested && !IsShortage(http)
        && http.Features.Get<IForwarderErrorFeature>()?.Exception is HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError };

    private static void Count(RequestInFlight request, HttpContext http, ForwarderError error, bool helpingOut)
    {
        var bad = IsBad(http, error);
        if (bad is null || (helpingOut && bad == false)) request.Forget();
        else request.Finish(bad.Value);
    }

    /// <returns>Null where the outcome says nothing about the instance: the client went away, or the host had no descriptor left.</returns>
    private static bool? IsBad(HttpContext http, ForwarderError error)
    {
        if (error == ForwarderError.None) return http.Response.StatusCode >= 500;
        if (error == ForwarderError.RequestTimedOut) return true;
        if (http.RequestAborted.IsCancellationRequested || IsShortage(http)) return null;
        return error switch
        {
            ForwarderError.Request or ForwarderError.ResponseHeaders or ForwarderError.ResponseBodyDestination
                or ForwarderError.RequestBodyDestination => true,
            ForwarderError.ResponseBodyCanceled => true,
            _ => null,
        };
    }

    /// <summary>This host had no descriptor for a connection to the instance.</summary>
    private static bool IsShortage(HttpContext http) => Shortage.Is(http.Features.Get<IForwarderErrorFeature>()?.Exception);

    private static Task NoInstanceAsync(Slot slot, HttpContext http, bool refused)
    {
        http.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        http.Response.Headers.RetryAfter = "1";
        http.Response.ContentType = "text/plain; charset=utf-8";
        var why = refused ? "the instances that were ready refuse connections" : "no instance is ready";
        return http.Response.WriteAsync($"signalbox: {slot.Service} of {slot.Track} cannot answer: {why}\n");
    }
}
