using System.Collections.Concurrent;
using Signalbox.Audit.Images;
using Signalbox.Cli.Verifying;
using Signalbox.Delivery;
using Signalbox.Diagnostics;
using Signalbox.Evidence.Registries;
using Signalbox.Outbound;

namespace Signalbox.Cli.Auditing;

/// <summary>
/// Asks registries which digest a tag has now, each tag once. The audited files name the registries: one that is not at a
/// public address is asked only where a person named it, so that a repository cannot send requests into a private network.
/// Behind a proxy no address can be judged, and only what is named is asked.
/// </summary>
internal sealed class RegistryImages : IImageRemote, IDisposable
{
    /// <summary>For one image, and for all: whoever wrote the repository decides how many there are, and how slow their registries.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30), s_most = TimeSpan.FromMinutes(5);

    private readonly Session _session;
    private readonly HashSet<string> _named;
    private readonly OutboundClient _public, _anywhere;
    private readonly CancellationTokenSource _end = new(s_most);
    private readonly ConcurrentDictionary<ImageTag, Lazy<Answer>> _answers = new();
    private readonly ConcurrentDictionary<string, string> _silent = new(StringComparer.Ordinal);

    /// <param name="named">Registries that may be anywhere, as images name them.</param>
    /// <exception cref="SignalboxException">One is no registry's name.</exception>
    public RegistryImages(Session session, IEnumerable<string> named)
    {
        var references = named.Select(Reference).ToList();
        _session = session;
        _named = [.. references.Select(r => r.Registry)];
        _public = new(new() { DirectOnly = true });
        _anywhere = new(OutboundRules.Naming(references.Select(r => r.Address(plainHttp: false))));
    }

    /// <summary>How many tags were asked for.</summary>
    public int Asked => _answers.Count;

    /// <summary>Why registries did not say what they were asked, in order of the images.</summary>
    public IEnumerable<string> Unsaid => _answers.Values.Where(a => a.IsValueCreated && a.Value.Digest is null).Select(a => a.Value.Why).Order(StringComparer.Ordinal);

    public Digest? Ask(ImageTag image, CancellationToken cancel) => _answers.GetOrAdd(image, i => new(() => AskAsync(i, cancel).GetAwaiter().GetResult())).Value.Digest;

    public void Dispose()
    {
        _public.Dispose();
        _anywhere.Dispose();
        _end.Dispose();
    }

    private async Task<Answer> AskAsync(ImageTag image, CancellationToken cancel)
    {
        if (!ImageReference.TryParse(image.ToString(), out var reference)) return new(null, $"{image} is no image's name");
        if (_silent.TryGetValue(reference!.Registry, out var silence)) return new(null, $"{image}: {silence}");
        var isNamed = _named.Contains(reference.Registry);
        var client = isNamed ? _anywhere : _public;
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancel, _end.Token);
        patience.CancelAfter(s_patience);
        try
        {
            return new(await new RegistryClient(client, reference, RegistryOptions.LoginFor(_session, reference)).DigestAsync(patience.Token).ConfigureAwait(false), "");
        }
        catch (RegistryException e)
        {
            // one that does not answer is not asked five hundred times
            if (e.InnerException is OutboundException { Failure: var failure } && failure != OutboundFailure.TooLarge)
                _silent.TryAdd(reference.Registry, failure == OutboundFailure.Forbidden && !isNamed && e.Message.Contains(reference.Address(plainHttp: false).Host, StringComparison.Ordinal) ? $"{e.Message}: {Option(reference)}" : e.Message);
            return new(null, $"{image}: {_silent.GetValueOrDefault(reference.Registry, e.Message)}");
        }
        catch (SignalboxException e)
        {
            return new(null, $"{image}: {e.Message}");
        }
        catch (OperationCanceledException)
        {
            cancel.ThrowIfCancellationRequested();
            var why = _end.IsCancellationRequested ? $"registries took more than {s_most.TotalMinutes:0} minutes in all" : $"{reference.Registry} took more than {s_patience.TotalSeconds:0} s";
            _silent.TryAdd(reference.Registry, why);
            return new(null, $"{image}: {why}");
        }
    }

    private static string Option(ImageReference image) => $"{Verbs.AuditOptions.Registries.Name} {image.Registry}";

    private static ImageReference Reference(string registry) =>
        ImageReference.NamesRegistry($"{registry}/image") && ImageReference.TryParse($"{registry}/image", out var image) && image!.Name.EndsWith("/image", StringComparison.Ordinal) && !registry.Contains('/', StringComparison.Ordinal)
            ? image
            : throw new SignalboxException(ExitCode.Usage, Finding.Error("registry-name", $"'{registry}' is no registry; expected a host as images name it, with its port", new("--registry"), "signalbox audit --online --registry registry.example.com:5000"));

    /// <param name="Why">Where there is no digest.</param>
    private sealed record Answer(Digest? Digest, string Why);
}
