using Signalbox.Evidence.Verification.Bundles;
using Signalbox.Evidence.Verification.Certificates;

namespace Signalbox.Evidence.Verification.Revocation;

/// <summary>
/// Whether certificates were revoked, as the Notary Project asks it (trust-store-trust-policy.md, "Certificate Revocation
/// Evaluation"): by OCSP, and by lists where that is not named or says nothing. A revoked certificate is revoked, whenever it signed.
/// </summary>
/// <param name="answers">Null where nobody may be asked.</param>
internal sealed class RevocationCheck(RevocationAnswers? answers, DateTimeOffset now)
{
    /// <exception cref="MalformedException">What the certificate says about it is not understood.</exception>
    public RevocationStatus Of(Certificate certificate, Certificate issuer)
    {
        var points = RevocationPoints.Read(certificate);
        if (points.IsEmpty) return new(RevocationState.NotRevocable, "it names neither a list nor a service");
        if (answers is null) return Unknown("cannot be determined offline");
        var responder = points.NamesResponders ? Responder(points, certificate, issuer) : null;
        return responder is { State: not RevocationState.Unknown } or { IsOpen: true } || !points.NamesLists ? responder! : Lists(points, certificate, issuer, responder);
    }

    /// <summary>The first responder with an answer of its own decides; one that gives none is passed over.</summary>
    private RevocationStatus Responder(RevocationPoints points, Certificate certificate, Certificate issuer)
    {
        var last = Unknown("cannot be determined: no responder can be reached by http");
        foreach (var address in points.Responders)
        {
            last = Ask(new(address, OcspAnswer.Request(certificate, issuer)), answer => OcspAnswer.Read(answer, certificate, issuer, now), out var isAnswered);
            if (isAnswered || last.IsOpen) break;
        }
        return last;
    }

    /// <summary>The certificate may stand in any of them, so all are needed.</summary>
    private RevocationStatus Lists(RevocationPoints points, Certificate certificate, Certificate issuer, RevocationStatus? responder)
    {
        var last = responder ?? Unknown("cannot be determined: no list can be had by http");
        foreach (var address in points.Lists)
        {
            last = Ask(new(address, null), answer => RevocationList.Read(answer, address, certificate, issuer, now), out _);
            if (last.State != RevocationState.Good) break;
        }
        return last;
    }

    private RevocationStatus Ask(RevocationQuestion question, Func<byte[], RevocationState> read, out bool isAnswered)
    {
        isAnswered = false;
        var host = question.Address.Authority;
        if (!answers!.TryGet(question, out var had)) return new(RevocationState.Unknown, $"was not asked of {host}", IsOpen: true);
        if (had.Answer is not { } answer) return Unknown($"cannot be determined: {JsonFields.Shown(had.Problem ?? $"{host} gave no answer")}");
        try
        {
            var state = read(answer);
            isAnswered = true;
            return new(state, state switch { RevocationState.Good => $"{host} says that it was not", RevocationState.Revoked => $"{host} says that it was", _ => $"cannot be determined: {host} does not know it" });
        }
        catch (MalformedException e)
        {
            return Unknown($"cannot be determined: the answer of {host} does not count: {e.Message}");
        }
    }

    private static RevocationStatus Unknown(string detail) => new(RevocationState.Unknown, detail);
}
