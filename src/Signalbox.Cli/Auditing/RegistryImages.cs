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
/// </summary>
/// <param name="named">Registries that may be anywhere, as images name them.</param>
internal sealed class RegistryImages(Session session, IReadOnlyCollection<string> named) : IImageRemote, IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(1);

    private readonly OutboundClient _client = new(OutboundRules.Naming(named.Select(AddressOf)));
    private readonly ConcurrentDictionary<ImageTag, Lazy<Digest?>> _said = new();
    private readonly ConcurrentDictionary<ImageTag, string> _unsaid = new();

    /// <summary>Why registries did not say what they were asked, in order of the images.</summary>
    public IEnumerable<string> Unsaid => _unsaid.OrderBy(u => u.Key.ToString(), StringComparer.Ordinal).Select(u => u.Value);

    /// <summary>How many tags were asked for.</summary>
    public int Asked => _said.Count;

    public Digest? Ask(ImageTag image) => _said.GetOrAdd(image, i => new(() => AskAsync(i).GetAwaiter().GetResult())).Value;

    public void Dispose() => _client.Dispose();

    private async Task<Digest?> AskAsync(ImageTag image)
    {
        if (!ImageReference.TryParse(image.ToString(), out var reference)) return Unknown(image, $"{image} is no image's name");
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(session.Cancel);
        patience.CancelAfter(s_patience);
        try
        {
            var registry = new RegistryClient(_client, reference!, RegistryOptions.LoginFor(session, reference!));
            return (await registry.ManifestAsync(patience.Token).ConfigureAwait(false)).Digest;
        }
        catch (RegistryException e)
        {
            return Unknown(image, e.Message);
        }
        catch (SignalboxException e)
        {
            return Unknown(image, e.Message);
        }
        catch (OperationCanceledException)
        {
            return Unknown(image, $"{reference!.Registry} took more than {s_patience.TotalMinutes:0} minute to say what {image} is");
        }
    }

    private Digest? Unknown(ImageTag image, string why)
    {
        _unsaid[image] = why;
        return null;
    }

    /// <exception cref="SignalboxException">It is no registry's name.</exception>
    private static Uri AddressOf(string registry) =>
        ImageReference.TryParse($"{registry}/image", out var image) && image!.Registry.Equals(registry, StringComparison.OrdinalIgnoreCase) ? image.Address(plainHttp: false)
            : throw new SignalboxException(ExitCode.Usage, Finding.Error("registry-name", $"'{registry}' is no registry; expected a host as images name it, with its port", new("--registry"), "signalbox audit --online --registry registry.example.com:5000"));
}
