import { z } from 'zod';
import { filePath } from '../fields.js';
import { accountName, checkNac, fixedPolicySchema, httpsOrigin, nacFields } from '../http/nac-fields.js';

/** The tag of a host property. */
const property = z.string().regex(/^[A-Za-z][\w.]{0,63}$/, 'expected the tag of a property');
const value = z.string().regex(/^[\w .-]{1,64}$/, 'expected the value of a property');

/**
 * A host property, `on` or `off`, that is kept for Lazaret alone, and on which a policy of Forescout acts. `shownBy`: a
 * property by which it shows that it has; a policy that moves the device shows by its VLAN.
 */
const policy = fixedPolicySchema.safeExtend({
  property,
  shownBy: z.strictObject({ property, value }).nullable().default(null),
});

const account = { passwordFile: filePath };

/** Forescout as the policy source of the switches that it serves. `url`: the appliance that takes Data Exchange requests. */
export const forescoutPointSchema = z
  .strictObject({
    kind: z.literal('forescout'),
    ...nacFields,
    policies: z.array(policy).min(1),
    /** The account of Data Exchange that may set the properties, written USER@ACCOUNT. */
    dataExchange: z.strictObject({ user: accountName, ...account }),
    /** The web API, read only. `url: null`: at the same appliance. */
    web: z.strictObject({ url: httpsOrigin.nullable().default(null), user: accountName, ...account }),
    /** Properties by which others isolate: a host that has one on is not ours to change. */
    foreignProperties: z.array(property).default([]),
    /** Where a host's place is told: tags of properties of the switch plugin. */
    placeFields: z
      .strictObject({
        switch: property.default('sw_ip'),
        port: property.default('sw_port_desc'),
        vlan: property.default('sw_port_vlan'),
        online: property.default('online'),
      })
      .prefault({}),
  })
  .superRefine((point, context) => {
    checkNac(point, context, ({ property: tag }) => ({ property: tag }));
    point.policies.forEach(({ mode, shownBy }, index) => {
      if (mode !== 'filter' || shownBy !== null) return;
      const path = ['policies', index, 'shownBy'];
      context.addIssue({ code: 'custom', path, message: 'a filter shows by no VLAN: name the property that tells' });
    });
  });

export type ForescoutPoint = z.output<typeof forescoutPointSchema>;
export type ForescoutPolicy = ForescoutPoint['policies'][number];
