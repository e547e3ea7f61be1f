using Signalbox.Delivery;
using Signalbox.Ledger;

namespace Signalbox.Evidence;

/// <summary>Takes evidence in: keeps the content, reads it, keeps the facts, and makes the ledger's entry.</summary>
/// <param name="store">Keeps content and facts.</param>
/// <param name="index">What is there already.</param>
/// <param name="readers">Asked in order; the first that knows the content reads it.</param>
public sealed class EvidenceIntake(IContentStore store, EvidenceIndex index, IReadOnlyList<IEvidenceReader> readers)
{
    /// <summary>Most bytes of one piece: reports of 200 MB are known.</summary>
    public const long MostContent = 256L << 20;

    private const int MostSteps = 50, MostText = 512;

    /// <summary>The record to append, or the one that is there already, or why the content is none.</summary>
    public sealed record Taken(NewEntry? Entry, EvidenceRecord? Existing, EvidenceRefusal? Refusal, Digest Id);

    /// <param name="keep">False where it is only looked at: nothing is kept then, and the entry is not to be appended.</param>
    /// <exception cref="IOException">The disk refused.</exception>
    public async Task<Taken> TakeAsync(Stream content, EvidenceAsked asked, EvidenceSource source, Principal by, CancellationToken cancel, bool keep = true)
    {
        try
        {
            using var received = await store.ReceiveAsync(content, MostContent, cancel).ConfigureAwait(false);
            return await TakeAsync(received, asked, source, by, keep, cancel).ConfigureAwait(false);
        }
        catch (ContentRefusedException refused)
        {
            return Refused(new(refused.Id, refused.Message, ContentRefusedException.Help));
        }
    }

    private async Task<Taken> TakeAsync(IReceivedContent received, EvidenceAsked asked, EvidenceSource source, Principal by, bool keep, CancellationToken cancel) =>
        Read(received, asked) switch
        {
            { Refusal: { } refusal } => Refused(refusal),
            { Reading: { } reading } => await KeepAsync(received, reading, asked, source, by, keep, cancel).ConfigureAwait(false),
            _ => Refused(new("evidence-unknown", $"{Short(asked.Name)} is no evidence that is known here; expected one of {string.Join(", ", EvidenceKinds.Words)}", "signalbox evidence add --help")),
        };

    /// <summary>Evidence that the control plane makes of a principal's request: who and when are part of it, so that no two are the same.</summary>
    /// <exception cref="IOException">The disk refused.</exception>
    public async Task<NewEntry> MakeAsync(EvidenceKind kind, EvidenceFacts facts, Digest subject, Principal by, DateTimeOffset at, CancellationToken cancel)
    {
        var canonical = EvidenceFactsText.Canonical(facts with { MadeAt = at });
        var kept = await store.AddAsync(canonical, cancel).ConfigureAwait(false);
        using var envelope = new EnvelopeHash("signalbox.made-here.v1");
        // two principals may say the same at one instant
        var id = EvidenceId.Of(kind, subject, Digest.FromHash(envelope.Text(by.Name).Text(kept.Digest.Value).Finish()));
        return EvidenceEvents.Added(new(
            id, kind, subject, new(EvidenceOrigin.ControlPlane, "request"), new(kept.Digest, kept.Size, "application/json"), EvidenceVerification.Unsigned, kept.Digest,
            Short(facts switch { ApprovalFact { Comment: { } comment } => comment, OverrideFact given => given.Reason, _ => kind.Word() }), []), by);
    }

    private (EvidenceReading? Reading, EvidenceRefusal? Refusal) Read(IReceivedContent received, EvidenceAsked asked)
    {
        foreach (var reader in readers)
        {
            using var stream = received.Open();
            var read = reader.Read(stream, asked);
            if (read.Refusal is not null || read.Reading is not null) return Checked(read, asked);
        }
        return (null, null);
    }

    private static (EvidenceReading? Reading, EvidenceRefusal? Refusal) Checked((EvidenceReading? Reading, EvidenceRefusal? Refusal) read, EvidenceAsked asked)
    {
        if (read.Reading is not { } reading) return read;
        if (reading.Kind.IsMadeHere())
            return (null, new("evidence-made-here", $"{reading.Kind.Word()} is not taken from a file; expected a person who says so", "signalbox approve --help"));
        if (asked.Asked is { } kind && kind != reading.Kind)
            return (null, new("evidence-other-kind", $"{Short(asked.Name)} is {reading.Kind.Word()}; expected {kind.Word()}", $"signalbox evidence add {reading.Kind.Word()} {Short(asked.Name)}"));
        return read;
    }

    private async Task<Taken> KeepAsync(IReceivedContent received, EvidenceReading reading, EvidenceAsked asked, EvidenceSource source, Principal by, bool keep, CancellationToken cancel)
    {
        var (subject, stored) = (asked.Subjects[0], received.Content);
        var id = EvidenceId.Of(reading.Kind, subject, stored.Digest);
        if (index.Find(id) is { } existing && index.WithdrawalOf(id) is null) return new(null, existing, null, id);
        if (index.WithdrawalOf(id) is { } gone)
            return Refused(new("evidence-withdrawn", $"this evidence was withdrawn by {gone.By}: {gone.Reason}; what was withdrawn does not come back", "signalbox evidence list --all"));
        var facts = EvidenceFactsText.Canonical(reading.Facts);
        if (facts.Length > EvidenceFactsText.Most)
            return Refused(new("evidence-too-large", $"{Short(asked.Name)} says {facts.Length:N0} bytes of facts; expected at most {EvidenceFactsText.Most:N0}"));
        if (keep)
        {
            received.Keep();
            await store.AddAsync(facts, cancel).ConfigureAwait(false);
        }
        var others = index.SubjectsOf(stored.Digest, reading.Kind).Where(other => !asked.Subjects.Contains(other)).Take(10);
        var added = new EvidenceAdded(
            id, reading.Kind, subject, source with { Where = Short(source.Where) }, new(stored.Digest, stored.Size, Short(reading.MediaType)),
            reading.Verification with { Steps = [.. reading.Verification.Steps.Take(MostSteps).Select(Short)] }, Digest.Of(facts), Short(reading.Summary), [.. others]);
        return new(EvidenceEvents.Added(added, by), null, null, id);
    }

    private static Taken Refused(EvidenceRefusal refusal) => new(null, null, refusal, default);

    /// <summary>What comes from outside goes into the ledger and onto terminals: short, and without control characters.</summary>
    private static string Short(string text) => string.Concat(text.Take(MostText).Select(c => char.IsControl(c) || char.IsSurrogate(c) ? ' ' : c));
}
