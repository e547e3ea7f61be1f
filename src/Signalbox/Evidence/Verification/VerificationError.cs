namespace Signalbox.Evidence.Verification;

/// <summary>Why something was refused, by the names that slsa-verifier's errors have where there is one.</summary>
public enum VerificationError
{
    /// <summary>Signature, certificate, log entry or time does not hold together, or the file is not a bundle.</summary>
    BadBundle,

    /// <summary>The file holds no proof from a transparency log where one is required.</summary>
    NoLogProof,

    /// <summary>No subject, or not the signed message, has the artifact's digest.</summary>
    MismatchHash,

    /// <summary>The signer's name in the certificate is not the one that was asked for.</summary>
    MismatchIdentity,

    /// <summary>The certificate's OpenID Connect issuer is not the one that was asked for.</summary>
    InvalidOIDCIssuer,

    /// <summary>The bundle was made with a key that is not the one that was given, or none was given.</summary>
    UntrustedKey,

    MismatchSource,
    MismatchBranch,
    MismatchTag,
    MismatchVersionedTag,
    InvalidSemver,

    /// <summary>A reference is not of the kind that was asked for: a tag of a branch build, or a builder that is not at a release.</summary>
    InvalidRef,

    MismatchBuilderID,
    InvalidBuilderID,
    UntrustedReusableWorkflow,
    InvalidBuildType,

    /// <summary>What was signed is not a statement, not provenance, or lacks what provenance must say.</summary>
    InvalidDssePayload,

    MalformedURI,
    InvalidFormat,
    InvalidCertificate,

    /// <summary>The provenance claims what the signing certificate contradicts.</summary>
    MismatchCertificate,

    /// <summary>The provenance claims what nothing in the certificate can back.</summary>
    NonVerifiableClaim,

    /// <summary>A parameter came from outside the build and the builder's rules do not know it.</summary>
    UnknownParameter,

    /// <summary>The builder reaches a lower SLSA build level than was demanded.</summary>
    LevelTooLow,

    /// <summary>The signer's own end for the signature has come (Notation).</summary>
    Expired,

    /// <summary>Its issuer revoked a certificate (Notation).</summary>
    Revoked,

    /// <summary>A certificate names where its revocation is published, and nothing says whether it was revoked (Notation).</summary>
    RevocationUnknown,

    /// <summary>A release's proof holds together, and says that the release was not allowed.</summary>
    NotAllowed,

    MismatchPackageName,
    MismatchPackageVersion,
    InvalidPackageName,
    NotSupported,

    /// <summary>Nothing was asked for that says whom to trust: no key, no identity, no source.</summary>
    NoExpectation,
}
