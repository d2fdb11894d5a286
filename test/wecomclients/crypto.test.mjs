// WeCom's own npm library opens what the sandbox sends, and the sandbox opens what the library sealed: both ways through the
// crypt package of the program.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import { createInterface } from 'node:readline'
import test from 'node:test'

const { decrypt, encrypt, getSignature } = createRequire(import.meta.url)('@wecom/crypto')
const token = 'sandboxtoken', key = 'abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG'

test('@wecom/crypto and the sandbox open what the other sealed', async (t) => {
  const box = spawn(process.env.PEIBAN || '../../bin/peiban', ['sandbox', '--addr', '127.0.0.1:0', '--seed', '3'], { stdio: ['ignore', 'pipe', 'inherit'] })
  t.after(() => box.kill())
  const said = {}
  for await (const line of createInterface({ input: box.stdout })) {
    const [name, value] = line.split(': ')
    said[name] = value
    if (name.endsWith('小程序 secret')) break
  }
  const events = []
  const hook = createServer((req, res) => {
    const q = new URL(req.url, 'http://x').searchParams
    const open = (sealed) => {
      assert.equal(getSignature(token, q.get('timestamp'), q.get('nonce'), sealed), q.get('msg_signature'))
      const { message, id } = decrypt(key, sealed)
      assert.equal(id, said.corpid)
      return message
    }
    if (req.method === 'GET') return res.end(open(q.get('echostr')))
    let body = ''
    req.on('data', (d) => { body += d }).on('end', () => {
      events.push(open(/<Encrypt><!\[CDATA\[(.*?)\]\]>/.exec(body)[1]))
      const sealed = encrypt(key, '<xml><MsgType>text</MsgType></xml>', said.corpid), now = '1700000000', nonce = 'n1'
      res.end(`<xml><Encrypt>${sealed}</Encrypt><MsgSignature>${getSignature(token, now, nonce, sealed)}</MsgSignature><TimeStamp>${now}</TimeStamp><Nonce>${nonce}</Nonce></xml>`)
    })
  })
  await new Promise((done) => hook.listen(0, '127.0.0.1', done))
  t.after(() => hook.close())
  const hand = async (name, body) => {
    const r = await fetch(`${said.WeCom}/sandbox/${name}`, body && { method: 'POST', body: JSON.stringify(body) })
    const out = await r.json()
    assert.equal(r.status, 200, JSON.stringify(out))
    return out
  }
  await hand('callback', { url: `http://127.0.0.1:${hook.address().port}/`, token, aes_key: key })
  const world = await hand('world')
  await hand('delete-member', { user: 'zhouning', customer: world.customers[0].external_userid })
  let tries = []
  for (let n = 0; n < 100 && tries.length === 0; n++) {
    await new Promise((done) => setTimeout(done, 50))
    tries = (await hand('callback/tries')).company
  }
  assert.equal(events.length, 1)
  assert.match(events[0], /<ChangeType><!\[CDATA\[del_follow_user\]\]>/)
  assert.deepEqual([tries[0].result, tries[0].reply], ['200', '<xml><MsgType>text</MsgType></xml>'])
})
